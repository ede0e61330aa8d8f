"""What a store still lacks, over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from shopbell.app.management.campaigns.report import ReadReport
from shopbell.app.management.checklist import Item, ReadChecklist, Sample
from shopbell.app.management.segments.survey import Survey
from shopbell.app.management.store import ReadStore
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.runtime.http.answer import Answer, answer
from shopbell.runtime.http.management_ports import Ports
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.request import Request


class ChecklistItemOut(BaseModel):
    """`next` says what to do; null: nothing is left."""

    name: str
    done: bool
    next: str | None


class ChecklistOut(BaseModel):
    """In the order in which a shop goes about it."""

    done: bool
    items: list[ChecklistItemOut]


OPERATIONS: Final = (
    Operation(
        "getChecklist",
        "GET",
        "/v1/store/checklist",
        "What the store still lacks, and what to do next",
        "Store",
        Managed("viewer"),
        answer=ChecklistOut,
        description="Of large stores visitors are looked at by a sample: what few of them did may not show.",
    ),
)


@dataclass(frozen=True, slots=True)
class ChecklistCalls:
    read: ReadChecklist

    @classmethod
    def over(cls, ports: Ports, survey: Survey, report: ReadReport) -> "ChecklistCalls":
        goods, messages = ports.goods, ports.messages
        return cls(
            ReadChecklist(
                read=ReadStore(ports.stores),
                assortment=goods.assortment,
                uses=ports.keys.uses,
                sends=messages.sends,
                campaigns=ports.campaigns,
                accepted=lambda campaign: report.of(campaign).accepted,
                sample=_sample(survey),
            )
        )

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {"getChecklist": self._checklist}

    def _checklist(self, store: StoreId, _: Request) -> Answer:
        items = [_item(one) for one in self.read(store)]
        said = ChecklistOut(done=all(one.done for one in items), items=items)
        return answer(said, headers={"cache-control": "no-store"})


def _sample(survey: Survey) -> Sample:
    def count(store: StoreId, rule: Json) -> int:
        return sum(row.truths[0] for row in survey(store, [rule]).rows)

    def reachable(store: StoreId, most: int) -> list[VisitorId]:
        return [one.visitor for one in survey.drawn(store)[1] if one.reachable][:most]

    return Sample(lambda store: survey.size(store).value, count, reachable)


def _item(one: Item) -> ChecklistItemOut:
    return ChecklistItemOut(name=one.name, done=one.done, next=one.next)
