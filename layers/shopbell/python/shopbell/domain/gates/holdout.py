"""Who is held out: always the same people, found by a hash, so that nothing has to be stored of it."""

import hashlib
from typing import Final

from shopbell.domain.gates.moment import Moment
from shopbell.domain.gates.verdict import OPEN, Skip, Verdict
from shopbell.domain.ids import StoreId, VisitorId

EVERYTHING: Final = "*"
"""Stands for all sources in the hash of the global holdout."""
_SHARES: Final = 1 << 32


def held_out(store: StoreId, visitor: VisitorId, source_id: str, percent: int) -> bool:
    """The same answer for the same person and source; who is held out of one is no likelier held out of another.

    A greater percentage holds out everyone that a smaller one does.
    """
    if percent <= 0:
        return False
    digest = hashlib.sha256(f"holdout\n{store}\n{source_id}\n{visitor}".encode()).digest()
    return int.from_bytes(digest[:4], "big") * 100 < percent * _SHARES


def global_holdout(at: Moment) -> Verdict:
    return _asked(at, EVERYTHING, at.policy.global_holdout_percent, "global_holdout")


def scenario_holdout(at: Moment) -> Verdict:
    return _asked(at, at.sending.source_id, at.sending.holdout_percent, "scenario_holdout")


def _asked(at: Moment, source_id: str, percent: int, reason: str) -> Verdict:
    if not percent or at.who is None or not at.sending.held:
        return OPEN
    return Skip(reason) if held_out(*at.who, source_id, percent) else OPEN
