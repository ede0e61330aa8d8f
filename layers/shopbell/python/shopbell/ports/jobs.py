"""Long work and the files that come of it."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from shopbell.domain.clock import Duration
from shopbell.domain.ids import StoreId
from shopbell.domain.jobs import Job, JobId


class Jobs(Protocol):
    def get(self, store: StoreId, job: JobId) -> Job | None:
        """Strongly consistent."""

    def save(self, job: Job, *, expected: int | None) -> bool:
        """`expected` is the revision that was read, None to create; False: someone else was faster."""


class Files(Protocol):
    """Written in numbered parts, of which each but the last has at least 5 MiB; a file is whole or not there."""

    def begin(self, name: str, media: str) -> str:
        """The upload that `part` adds to."""

    def part(self, name: str, upload: str, number: int, data: bytes) -> str:
        """Numbers begin at 1; the same one again takes the place of the first. Answers its mark for `finish`."""

    def finish(self, name: str, upload: str, marks: Sequence[str]) -> None:
        """Again: it stays as it is."""

    def abort(self, name: str, upload: str) -> None:
        """Nothing stays of an upload that was not finished; no error if there is none."""

    def url(self, name: str, saved_as: str, lasts: Duration) -> str:
        """Where it can be downloaded by whoever has the address, for so long."""


class RemovedFiles(Protocol):
    def remove(self, name: str) -> None:
        """No error if there is none."""


class Uploads(Protocol):
    """Files that people put there for a job to read; each is gone after a week."""

    def put(self, name: str, data: bytes) -> None: ...

    def url(self, name: str, lasts: Duration) -> str:
        """Where whoever has the address may PUT it, for so long."""

    def size(self, name: str) -> int | None:
        """Bytes; None: nothing was put there."""

    def read(self, name: str, start: int = 0) -> Iterator[bytes]:
        """Piece by piece, from that byte on. NotFound if there is none."""

    def named(self, prefix: str) -> Sequence[str]:
        """The names of all that begin so, in their order; of a folder that the caller may list."""
