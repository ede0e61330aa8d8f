"""What the calls about VAPID keys and imports answer; every field is always there."""

from typing import Literal

from pydantic import BaseModel


class VapidKeyUseOut(BaseModel):
    """`subscriptions` are posted to with it; `parked` take nothing that it signed. Both are counted exactly.

    `refused`: how often a push service said that a subscription was made with another key.
    """

    id: str
    public_key: str
    state: Literal["active", "retiring"]
    subscriptions: int
    parked: int
    refused: int
    last_refused_at: str | None
    created_at: str


class ImportStartedOut(BaseModel):
    """The job, and the key that the subscriptions belong to."""

    job_id: str
    vapid_key_id: str
