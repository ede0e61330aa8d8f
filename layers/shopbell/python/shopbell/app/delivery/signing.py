"""What goes with a message to its push service beside its body: how it is signed, and how it is to be treated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shopbell.app.delivery.letters import Letter
from shopbell.domain.clock import Instant
from shopbell.domain.ids import VapidKeyId
from shopbell.domain.push.headers import Urgency, bounded_ttl, message_headers
from shopbell.domain.runs import Run
from shopbell.domain.store import Store

Sign = Callable[[Store, str, VapidKeyId, Instant], str]
"""(store, origin, key, now) to the `Authorization` header (RFC 8292); raises NotFound without the private key."""


@dataclass(frozen=True, slots=True)
class Headers:
    """Of one round of posts, at one instant; those of a run share nearly all of them."""

    sign: Sign
    run: Run
    store: Store
    now: Instant
    _known: dict[tuple[str, VapidKeyId, Urgency, str, Instant], Mapping[str, str]] = field(default_factory=dict)

    def of(self, letter: Letter) -> Mapping[str, str]:
        """Raises NotFound without the private key, and Unavailable."""
        asked = (letter.endpoint.origin, letter.vapid_key, letter.urgency, letter.topic, letter.ends_at)
        known = self._known.get(asked)
        if known is None:
            ttl = bounded_ttl(self.run.delivery.ttl, now=self.now, ends_at=letter.ends_at)
            authorization = self.sign(self.store, letter.endpoint.origin, letter.vapid_key, self.now)
            known = self._known[asked] = message_headers(authorization, ttl, letter.urgency, letter.topic)
        return known
