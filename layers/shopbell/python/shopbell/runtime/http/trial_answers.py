"""What a dry run answers; every field is always there, null where there is nothing."""

from pydantic import BaseModel

from shopbell.runtime.http.survey_answers import EstimateOut


class TrialPickOut(BaseModel):
    """`level` of the fallback chain, 0 the algorithm that was asked for; `reason` in words."""

    product_id: str
    title: str
    url: str
    algorithm: str
    level: int
    score: float
    reason: str


class PutOffOut(BaseModel):
    """`gate`, as reports name it, puts the message off until then."""

    gate: str
    until: str


class TrialMessageOut(BaseModel):
    """`step` of the series, from 0. `at`: when it would go, after all that puts it off.

    `level` of the fallback chain: 5, the words alone; null: it never shows a product. `variant` null: there are none.
    """

    visitor_id: str
    at: str
    step: int
    variant: str | None
    title: str
    body: str
    products: list[TrialPickOut]
    level: int | None
    deferred: list[PutOffOut]


class WouldGetOut(EstimateOut):
    sample: list[TrialMessageOut]


class WouldNotOut(EstimateOut):
    """`gate` that stops them, as reports name it; `audience`: not meant; `not_triggered`: nothing started it."""

    gate: str
    sample: list[str]


class TrialOut(BaseModel):
    """Messages that are due after `since` and up to `as_of`; both the same: the run of that instant.

    `sampled` of `visitors` were asked. `would_not`: the gate that stops most comes first.
    """

    as_of: str
    since: str
    visitors: EstimateOut
    sampled: int
    would_get: WouldGetOut
    would_not: list[WouldNotOut]
