"""Leaves that stand for something made of events: an ordered sequence, and what became of messages."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from shopbell.domain.clock import DAY, Duration
from shopbell.domain.rules.amounts import CountOp
from shopbell.domain.rules.behaviour import Counts, EventLeaf, check_counts
from shopbell.domain.rules.conditions import Condition
from shopbell.domain.rules.model import Model
from shopbell.domain.rules.names import EventName, Name, Where
from shopbell.domain.rules.windows import AnyWindow, PositiveLength

DEFAULT_WINDOW: Final[Duration] = 30 * DAY
MAX_STEPS: Final = 6
SameKey = Literal["product_id", "category", "cart"]


class Step(Model):
    """One event of a sequence, or with `negate` one that does not happen before the next step."""

    event: EventName
    where: Where = ()
    negate: bool = False


class Sequence(Model):
    """Steps in order, each later than the one before, from the first to the last at most `within`.

    A negated step says that no such event lies between its neighbours; as the last step it says that none followed
    the step before until `within` after the first, and is complete at that instant. The sequence holds while one that
    was complete in (now - window, now] exists. `same`: all its events share a product, a category or a cart.
    """

    steps: Annotated[tuple[Step, ...], Field(min_length=2, max_length=MAX_STEPS)]
    within: PositiveLength
    same: SameKey | None = None
    window: PositiveLength = DEFAULT_WINDOW

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.steps[0].negate:
            raise ValueError("the first step cannot be negated")
        if any(one.negate and two.negate for one, two in zip(self.steps, self.steps[1:], strict=False)):
            raise ValueError("two negated steps cannot follow each other")
        return self


class SequenceLeaf(Model):
    """Whether the steps were taken."""

    sequence: Sequence


class MessageLeaf(Model):
    """How many messages were accepted by the push service, shown, clicked or closed in the window."""

    message: Literal["accepted", "shown", "clicked", "closed"]
    campaign: Name | None = None
    scenario: Name | None = None
    op: CountOp = "gte"
    value: Counts = 1
    window: AnyWindow | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_counts(self.op, self.value)
        return self

    @property
    def counted(self) -> EventLeaf:
        """The event leaf that it is short for."""
        named = (("campaign", self.campaign), ("scenario", self.scenario))
        where = tuple(Condition(field=field, op="eq", value=value) for field, value in named if value is not None)
        return EventLeaf.model_construct(
            event=f"push_{self.message}",
            where=where,
            aggregate="count",
            op=self.op,
            value=self.value,
            window=self.window,
        )
