"""Which files hold what was exported of a person: noted beside them under a hash, so that an erasure finds them."""

from dataclasses import dataclass

from shopbell.domain.erasure import Person
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import StoreId, VisitorId, visitor_hash
from shopbell.ports import RemovedFiles, Uploads


@dataclass(frozen=True, slots=True)
class Exported:
    """A job names its file and not whose it is; the note, which goes with the files, is the only way between them."""

    notes: Uploads
    files: RemovedFiles

    def note(self, person: Person, file: str) -> None:
        """Before the file is written. Again: nothing. Raises Unavailable."""
        place = _place(person.store, person.ids[0])
        known = self._noted(place)
        if file not in known:
            self.notes.put(place, "\n".join((*known, file)).encode())

    def remove(self, person: Person) -> None:
        """The files, then the notes: whoever was a guest when it was asked for is found by that id, too."""
        for who in person.ids:
            place = _place(person.store, who)
            for file in self._noted(place):
                self.files.remove(file)
            self.files.remove(place)

    def _noted(self, place: str) -> list[str]:
        try:
            return b"".join(self.notes.read(place)).decode().split()
        except NotFound:
            return []


def _place(store: StoreId, who: VisitorId) -> str:
    return f"exports/{store}/people/{visitor_hash(store, who).hex()}"
