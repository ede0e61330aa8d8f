"""All that is held of a person, as one JSON file that they may take along (GDPR Art. 15 and 20)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.privacy.exported import Exported, file_of
from shopbell.app.privacy.people import FindPerson
from shopbell.domain.clock import Clock, format_instant
from shopbell.domain.erasure import Person
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import VisitorId
from shopbell.domain.jobs import Job
from shopbell.ports import Files, Holdings, Tombstones

EXPORT_VISITOR: Final = "export_visitor"
PART: Final = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ExportVisitor:
    """`ask`: visitor. One step writes the whole file: a person's data are a few megabytes at the most.

    Whoever dies in it is followed by one who begins anew; the job forgets whose it was as it ends. Of whoever asks to
    be forgotten meanwhile nothing is handed out: the tombstone is there before an erasure looks for files, so that
    either the erasure finds the file or the export the tombstone.
    """

    tombstones: Tombstones
    holdings: Holdings
    find: FindPerson
    files: Files
    exported: Exported
    now: Clock
    part: int = PART

    def step(self, job: Job) -> Job:
        name, person = file_of(job), self.find(job.store, VisitorId(str(job.ask["visitor"])))
        if person is None:
            raise NotFound("visitor")
        self._check(person)
        self.exported.note(person, job)
        upload, marks, waiting = self.files.begin(name, "application/json"), list[str](), bytearray()
        for text in self._document(person):
            waiting += text.encode()
            if len(waiting) >= self.part:
                marks.append(self.files.part(name, upload, len(marks) + 1, bytes(waiting)))
                waiting.clear()
        marks.append(self.files.part(name, upload, len(marks) + 1, bytes(waiting) or b" "))
        self.files.finish(name, upload, marks)
        self._check(person)
        result = {"ids": len(person.ids)}
        return replace(
            job, state="done", percent=100, ask={}, result=result, file=name, file_name=f"visitor-{job.id}.json"
        )

    def drop(self, job: Job) -> None:
        """An upload that was not finished goes by itself."""
        self.exported.drop(job)

    def _check(self, person: Person) -> None:
        """NotFound: they are being erased."""
        if self.tombstones.among(person.store, person.ids):
            raise NotFound("visitor")

    def _document(self, person: Person) -> Iterator[str]:
        made = format_instant(self.now())
        yield f'{{"exported_at":{json.dumps(made)},"visitor_ids":{json.dumps([*person.ids])}'
        for kind in self.holdings.kinds:
            yield f",\n{json.dumps(kind)}:["
            for place, row in enumerate(self.holdings.held(person, kind)):
                yield ("," if place else "") + "\n" + json.dumps(row, default=list, ensure_ascii=False)
            yield "]"
        yield "}\n"
