"""Jobs and their files in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.clock import Duration
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import StoreId
from shopbell.domain.jobs import Job, JobId


@dataclass(frozen=True, slots=True)
class MemoryJobs:
    world: MemoryWorld

    def get(self, store: StoreId, job: JobId) -> Job | None:
        with self.world.lock:
            return self.world.jobs.get((store, job))

    def save(self, job: Job, *, expected: int | None) -> bool:
        with self.world.lock:
            stored = self.world.jobs.get((job.store, job.id))
            if (stored.revision if stored else None) != expected:
                return False
            self.world.jobs[job.store, job.id] = job
        return True


@dataclass(frozen=True, slots=True)
class MemoryFiles:
    world: MemoryWorld

    def begin(self, name: str, media: str) -> str:
        with self.world.lock:
            upload = f"{name}?{media}&{len(self.world.uploads)}"
            self.world.uploads[upload] = {}
        return upload

    def part(self, name: str, upload: str, number: int, data: bytes) -> str:
        with self.world.lock:
            self.world.uploads[upload][number] = data
        return f"{name}.{number}"

    def finish(self, name: str, upload: str, marks: Sequence[str]) -> None:
        with self.world.lock:
            parts = self.world.uploads.pop(upload, None)
            if parts is not None:
                self.world.files[name] = b"".join(parts[number] for number in range(1, len(marks) + 1))
            elif name not in self.world.files:
                raise KeyError(upload)

    def abort(self, name: str, upload: str) -> None:  # noqa: ARG002 - uploads are told apart without it here
        with self.world.lock:
            self.world.uploads.pop(upload, None)

    def remove(self, name: str) -> None:
        with self.world.lock:
            self.world.files.pop(name, None)

    def url(self, name: str, saved_as: str, lasts: Duration) -> str:
        return f"memory:{name}?as={saved_as}&for={lasts}"


@dataclass(frozen=True, slots=True)
class MemoryUploads:
    world: MemoryWorld
    piece: int = 1_000

    def put(self, name: str, data: bytes) -> None:
        with self.world.lock:
            self.world.files[name] = data

    def url(self, name: str, lasts: Duration) -> str:
        return f"memory:{name}?for={lasts}"

    def size(self, name: str) -> int | None:
        found = self.world.files.get(name)
        return None if found is None else len(found)

    def read(self, name: str, start: int = 0) -> Iterator[bytes]:
        data = self.world.files.get(name)
        if data is None:
            raise NotFound(name)
        return (data[place : place + self.piece] for place in range(start, len(data), self.piece))

    def named(self, prefix: str) -> Sequence[str]:
        with self.world.lock:
            return sorted(name for name in self.world.files if name.startswith(prefix))
