"""Which files hold what was exported of a person: noted beside them under a hash, so that an erasure finds them."""

from collections.abc import Iterator
from dataclasses import dataclass

from shopbell.domain.erasure import Person
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import StoreId, VisitorId, visitor_hash
from shopbell.domain.jobs import Job
from shopbell.ports import RemovedFiles, Uploads


@dataclass(frozen=True, slots=True)
class Exported:
    """A job names its file and not whose it is; the notes, which go with the files, are the only way between them.

    Each file has a note of its own: of two exports at once neither could lose that of the other.
    """

    notes: Uploads
    files: RemovedFiles

    def note(self, person: Person, job: Job) -> None:
        """Before the file is written. Again: nothing new. Raises Unavailable."""
        place = f"{_place(person.store, person.ids[0])}/{job.id}"
        self.notes.put(place, file_of(job).encode())

    def remove(self, person: Person) -> None:
        """The files: whoever was a guest when it was asked for is found by that id, too.

        The notes stay: a file that is being written is there only at a later turn.
        """
        for note in self._notes(person):
            for file in self._noted(note):
                self.files.remove(file)

    def forget(self, person: Person) -> None:
        """The files, then the notes: once nobody writes one any more."""
        self.remove(person)
        for note in self._notes(person):
            self.files.remove(note)

    def drop(self, job: Job) -> None:
        """The file of one export; no error if there is none."""
        self.files.remove(file_of(job))

    def _notes(self, person: Person) -> Iterator[str]:
        for who in person.ids:
            yield from self.notes.named(_place(person.store, who))

    def _noted(self, note: str) -> list[str]:
        """Several in a note that an earlier version of Shopbell has made."""
        try:
            return b"".join(self.notes.read(note)).decode().split()
        except NotFound:
            return []


def file_of(job: Job) -> str:
    return f"exports/{job.store}/{job.id}.json"


def _place(store: StoreId, who: VisitorId) -> str:
    return f"exports/{store}/people/{visitor_hash(store, who).hex()}"
