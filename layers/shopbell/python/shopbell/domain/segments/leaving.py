"""A person who is erased leaves every segment, so that sizes and days are told of it before the rows go."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.ids import SegmentId
from shopbell.domain.membership import MAX_FLIPS, Flip
from shopbell.domain.profile import Commit, Missed, Profile

ERASURE: Final = "erasure"
ERASED: Final = "erased"
"""Why messages that waited are not sent."""


def leave(profile: Profile, versions: Mapping[SegmentId, int], now: Instant) -> Commit | None:
    """The next transaction that takes them out; None: they are out, and nothing is left in the profile.

    What was decided and not written yet is written no more: an entry that nobody saw needs no exit, an exit that
    nobody saw is one by erasure.
    """
    unseen = {flip.segment for flip in profile.unsettled if flip.change == "entered"}
    unwritten = {flip.segment for flip in profile.unsettled if flip.change == "exited"}
    standing = sorted((set(profile.memberships) - unseen) | unwritten)
    empty = Profile(profile.store, profile.visitor, profile.version, profile.rules_version, alias=profile.alias)
    if profile == empty:
        return None
    going, staying = standing[:MAX_FLIPS], standing[MAX_FLIPS:]
    left = {name: profile.memberships.get(name, now) for name in staying}
    missed = tuple(
        Missed(step.source_id, step.run, ERASED, step.messages, now) for step in profile.steps if step.run is not None
    )
    flips = tuple(Flip(name, versions.get(name, 0), "exited", now, ERASURE) for name in going)
    return Commit(profile, replace(empty, memberships=left), flips=flips, missed=missed)
