"""Say who is on a static list: at once, or of many in a job."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shopbell.app.filling import FILL_LIST, PART, ChangeMembers
from shopbell.app.jobs import StartJob
from shopbell.app.management.lists import AT_ONCE, found, shards_of, swept
from shopbell.app.privacy.erased import NOBODY, TAKE_ANOTHER
from shopbell.app.turning import TRIES
from shopbell.domain.errors import NotFound, Rejected, Unavailable
from shopbell.domain.ids import ListId, StoreId, VisitorId
from shopbell.domain.incoming.lists import ListMembersIn, visitor_of
from shopbell.domain.jobs import MAX_ERRORS, Job, JobError
from shopbell.domain.lists import ListMode, VisitorList
from shopbell.ports import LineUploads, RandomBytes, Stores


@dataclass(frozen=True, slots=True)
class Filled:
    """`rejected` lines were left out, the first 100 of them with the reason. With a `job`, it says what changed."""

    accepted: int
    rejected: int
    errors: tuple[JobError, ...]
    added: int = 0
    removed: int = 0
    size: int = 0
    job: Job | None = None


@dataclass(frozen=True, slots=True)
class PutMembers:
    stores: Stores
    change: ChangeMembers
    uploads: LineUploads
    start: StartJob
    random: RandomBytes

    def __call__(self, store: StoreId, name: ListId, given: ListMembersIn) -> Filled:
        """Right lines are taken, wrong ones named; a line that comes twice counts once. Again: it changes nobody."""
        row, shards = found(self.change.lists, store, name), shards_of(self.stores, store)
        visitors, errors = self._living(store, *_read(given))
        taken = Filled(len(given.visitor_ids) - len(errors), len(errors), tuple(errors[:MAX_ERRORS]))
        if len(visitors) > AT_ONCE or (given.mode == "replace" and row.size > AT_ONCE):
            return replace(taken, job=self._later(store, name, visitors, given.mode))
        try:
            changed, gone = self._put(row, shards, visitors, given.mode)
            sized = self.change.resized(row)
        except NotFound:
            sized = None
        if sized is None or sized.going:
            swept(self.change, row, shards, frozenset())  # another list of that id begins empty
            raise NotFound(name)
        on = given.mode != "remove"
        return replace(taken, added=changed if on else 0, removed=gone if on else changed, size=sized.size)

    def _put(self, row: VisitorList, shards: int, visitors: Sequence[VisitorId], mode: ListMode) -> tuple[int, int]:
        """How many were put on or taken off, and of a `replace` how many others are off.

        Two that replace at once would each take off whom the other put on: whoever ends while the list has been
        changed does it once more, so that the last one's members are those who stand.
        """
        changed = gone = 0
        for _ in range(TRIES):
            changed += self.change.put(row.store, row.id, visitors, on=mode != "remove")
            if mode != "replace":
                return changed, 0
            gone += swept(self.change, row, shards, frozenset(visitors))
            now = found(self.change.lists, row.store, row.id)
            if now.revision == row.revision:
                return changed, gone
            row = now
        raise Unavailable("the list kept changing")

    def _living(
        self, store: StoreId, read: Sequence[tuple[int, VisitorId]], wrong: Sequence[JobError]
    ) -> tuple[list[VisitorId], list[JobError]]:
        """Each once, without those who were erased: of many the job finds them."""
        visitors = dict.fromkeys(who for _, who in read)
        gone = self.change.gone(store, visitors) if len(visitors) <= AT_ONCE else NOBODY
        late = [JobError(line, TAKE_ANOTHER.message) for line, who in read if who in gone]
        return [who for who in visitors if who not in gone], sorted((*wrong, *late), key=lambda one: one.line)

    def _later(self, store: StoreId, name: ListId, visitors: Sequence[VisitorId], mode: ListMode) -> Job:
        upload = self.random(8).hex()
        parts = [visitors[start : start + PART] for start in range(0, len(visitors), PART)]
        for number, part in enumerate(parts):
            self.uploads.keep(store, upload, number, part)
        return self.start(store, FILL_LIST, {"list": name, "mode": mode, "upload": upload, "parts": len(parts)})


def _read(given: ListMembersIn) -> tuple[list[tuple[int, VisitorId]], list[JobError]]:
    """What each line names, and what is wrong with the others."""
    right: list[tuple[int, VisitorId]] = []
    wrong: list[JobError] = []
    for number, line in enumerate(given.visitor_ids, 1):
        try:
            right.append((number, visitor_of(line)))
        except Rejected as exc:
            wrong.append(JobError(number, exc.problems[0].message))
    return right, wrong
