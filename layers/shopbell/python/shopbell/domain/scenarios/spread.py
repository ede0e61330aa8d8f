"""Those who come in all at once, each at a moment of their own."""

from shopbell.domain.clock import Duration
from shopbell.domain.ids import visitor_hash
from shopbell.domain.profile import Profile


def own_moment(profile: Profile, spread: Duration) -> Duration:
    """Of a stretch of time the same for a visitor every time, and even over many."""
    return int.from_bytes(visitor_hash(profile.store, profile.visitor)[8:12], "big") * spread >> 32
