"""One visitor who is settled again and again, as `evaluate` does it."""

from dataclasses import dataclass, field, replace

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event
from shopbell.domain.profile import Profile
from shopbell.domain.segments.codec import dump, load
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.settle import Settled, settle

from tests.sim.worlds import STORE, VISITOR


@dataclass
class Visitor:
    """Settles and commits like `evaluate`, through bytes."""

    ruleset: Ruleset
    profile: Profile = field(default_factory=lambda: Profile(STORE, VISITOR))

    def settle(self, now: Instant, *events: Event) -> Settled:
        settled = settle(self.profile, events, self.ruleset, now)
        if settled.commit is not None:
            after = settled.commit.after
            body = dump(after)
            self.profile = load(STORE, VISITOR, body, self.profile.version + 1, after.rules_version, after.wake_at)
            assert self.profile == replace(after, version=self.profile.version)
        return settled
