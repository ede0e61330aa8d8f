"""What the calls about rules that are not saved yet answer; every field is always there."""

from pydantic import BaseModel, JsonValue


class EstimateOut(BaseModel):
    """Visitors; the truth lies from `low` to `high` 19 times out of 20. `exact`: every visitor was asked."""

    estimate: int
    low: int
    high: int
    exact: bool


class LikelyOut(BaseModel):
    """Who would be in now; `expires_at`: when time alone would take them out again."""

    visitor_id: str
    entered_at: str
    expires_at: str | None
    reachable: bool


class NearMissOut(BaseModel):
    """`failing`: the path of the only leaf that keeps the visitor out; `sentence`: what it asks for."""

    visitor_id: str
    failing: str
    sentence: str


class GroupOut(EstimateOut):
    reachable: int
    sample: list[LikelyOut]


class PreviewOut(GroupOut):
    """`sampled` of `visitors` were asked. `history_from`: the event log reaches no further back than this."""

    near_misses: list[NearMissOut]
    sentence: str
    visitors: EstimateOut
    sampled: int
    history_from: str | None


class ImpactOut(BaseModel):
    """`before` and `after`: the segment's size by its present rule and by this one."""

    entering: GroupOut
    leaving: GroupOut
    before: EstimateOut
    after: EstimateOut
    sentence: str
    visitors: EstimateOut
    sampled: int


class SuggestionOut(BaseModel):
    rule: JsonValue
    sentence: str
    size: GroupOut


class SuggestionsOut(BaseModel):
    """`why`: the reason why `items` is empty."""

    items: list[SuggestionOut]
    why: str | None
