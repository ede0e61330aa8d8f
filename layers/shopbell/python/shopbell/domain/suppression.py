"""That nothing is ever sent to a visitor, because the shop says so: a trait, known wherever the profile is."""

from collections.abc import Mapping
from dataclasses import dataclass

from shopbell.domain.clock import Instant
from shopbell.domain.profile import SUPPRESSED, Trait


@dataclass(frozen=True, slots=True)
class Suppression:
    since: Instant
    reason: str | None = None


def suppression_of(traits: Mapping[str, Trait]) -> Suppression | None:
    """None: the visitor may be sent to."""
    said = traits.get(SUPPRESSED)
    if said is None or said.value is None:
        return None
    reason = said.value.get("reason") if isinstance(said.value, Mapping) else None
    return Suppression(said.received_at, reason if isinstance(reason, str) else None)
