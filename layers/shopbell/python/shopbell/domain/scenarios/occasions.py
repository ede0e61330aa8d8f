"""Who is asked about: whether a visitor was in a plan's audience on the state that an event itself made."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.events import Event
from shopbell.domain.goods import SEEN_AT
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.fold import fold, stripped
from shopbell.domain.segments.settle import needs_log
from shopbell.domain.visits.interactions import interactions_of
from shopbell.domain.visits.products import named


@dataclass(slots=True)
class Occasions:
    """`before` and `after` the events, which are in the order in which they happened."""

    before: Profile
    after: Profile
    events: Sequence[Event]
    ruleset: Ruleset
    now: Instant
    _folded: list[Profile] = field(default_factory=list)

    def in_audience(self, plan: Plan, place: int) -> bool:
        """As of the event at that place, as far as the later ones of the batch did not come with it."""
        if place == len(self.events) - 1 or needs_log(self.before, self.ruleset):
            return plan.segment in self.after.memberships
        segment = next((one for one in self.ruleset.order if one.id == plan.segment), None)
        return segment is not None and segment.test(self._upto(place), self.now)[0]

    def bought(self, event: Event, within: Duration) -> bool:
        """Whether a product of the event was bought so short a time before it, and after the interest it names."""
        interest = event.properties.get(SEEN_AT)
        since = max(event.at - within, interest if isinstance(interest, int) else 0)
        products = {product for product, _ in named(event)}
        taste = interactions_of(self.after.interactions)
        return any(one.kind == "purchase" and one.product in products and since < one.at <= event.at for one in taste)

    def _upto(self, place: int) -> Profile:
        """Folded one by one, each once: only a batch of several events comes here."""
        while len(self._folded) <= place:
            known = self._folded[-1] if self._folded else stripped(self.before, self.ruleset)
            self._folded.append(fold(known, [self.events[len(self._folded)]], self.ruleset))
        return self._folded[place]
