"""What new scores of a visitor, or moved statistics of their store, change of their memberships (ruling 15)."""

from collections.abc import Mapping
from dataclasses import replace

from shopbell.domain.clock import Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Json
from shopbell.domain.profile import Profile
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.fold import stripped
from shopbell.domain.segments.parts import next_part
from shopbell.domain.segments.settle import Settled
from shopbell.domain.segments.timeline import STATISTIC, Timeline
from shopbell.domain.segments.truth import FOREVER


def rescored(profile: Profile, scores: Mapping[str, Json], ruleset: Ruleset, now: Instant) -> Settled:
    """The visitor with these scores, looked at whole: what turns by it has the cause `statistic`.

    Nothing to commit where no membership turns, no wake-up moves and the scores are those that it has. Raises
    Unavailable if newer rules folded it. With `more`, settle what was committed again.
    """
    if profile.rules_version > ruleset.version:
        raise Unavailable("newer rules folded this visitor already")
    places = range(len(ruleset.order))
    known = sum(1 << place for place in places if ruleset.order[place].since <= profile.rules_version)
    start = stripped(profile, ruleset)
    line = Timeline(ruleset, start, known)
    line.take_over(replace(start, scores=scores), now, STATISTIC)
    line.redefine((1 << len(ruleset.order)) - 1 & ~known, now)
    if profile.rules_version < ruleset.version:
        line.let_go(now)
    wake = min(line.until.values(), default=FOREVER)
    decided = replace(
        line.profile,
        rules_version=ruleset.version,
        memberships=line.memberships,
        left=line.left,
        wake_at=None if wake == FOREVER else wake,
    )
    if not line.flips and decided.wake_at == profile.wake_at and scores == profile.scores:
        return Settled(None, evaluated=line.evaluated)
    commit = next_part(profile, decided, line.flips, ruleset, now)
    more = bool(commit.after.unsettled or commit.after.stale)
    return Settled(commit, tuple(line.flips), line.evaluated, more)
