"""What the line of a write tells: how the thing stood before and after, what came of it, what was begun."""

from collections.abc import Mapping
from typing import Final

from shopbell.domain.audit import FieldChange, changed
from shopbell.domain.events import Json
from shopbell.runtime.http.operation import Operation

Said = Mapping[str, Json]
_CREATED: Final = 201
_SUPPRESSES: Final = frozenset({"suppressVisitor", "unsuppressVisitor"})
_OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = {
    "loadFeed": ("job_id",),
    "importSubscriptions": ("job_id", "vapid_key_id"),
    "eraseVisitor": ("job_id",),
    "putListMembers": ("job_id", "accepted", "rejected", "added", "removed"),
    "addCouponCodes": ("job_id", "accepted", "rejected", "duplicates", "added"),
    "testCampaign": ("sent", "unreachable"),
    "testWebhook": ("message_id",),
}
"""Calls that do something beside what can be read of a thing: which fields of their answer say so."""


def changes(operation: Operation, before: Said | None, after: Said | None, answer: Said) -> tuple[FieldChange, ...]:
    """`before`, `after`: what the call that reads the thing says, {} where it is not there; None: nobody can say.

    Empty where the call has left the thing as it was.
    """
    if operation.id in _SUPPRESSES:
        # the fold comes to it in its time: what was asked for is what comes after. The reason may name somebody
        return (FieldChange("suppressed", _suppressed(before), _suppressed(answer)),)
    found = () if before is None or after is None else changed(before, after)
    if operation.status == _CREATED:
        found += changed({}, answer)
    return found + changed({}, _outcome(operation, answer))


def _suppressed(said: Said | None) -> Json:
    return None if said is None else said.get("suppression") is not None


def _outcome(operation: Operation, answer: Said) -> Said:
    """Of visitors how many they are: a line outlives them."""
    told = {name: answer[name] for name in _OUTCOMES.get(operation.id, ()) if name in answer}
    return {name: len(value) if isinstance(value, list) else value for name, value in told.items()}
