"""Which words a person gets of a message that has others for some: by what they like best, or where they belong."""

from collections.abc import Iterable
from typing import Final

from shopbell.domain.clock import Duration
from shopbell.domain.content import ContentBy
from shopbell.domain.profile import Profile
from shopbell.domain.recommend.deeds import shallow
from shopbell.domain.recommend.taste import Weighing, taste_of

LEAST: Final = 0.15
"""Share of a visitor's interest from which on a category's words are theirs (SC3)."""


def place_of(by: ContentBy, profile: Profile, half_life: Duration) -> int | None:
    """The place among its texts; None: the words for everybody else.

    By category, the one of these with the greatest share of the visitor's interest, its own subcategories with it, of
    equals the first; as a rule on affinity knows it, without what their last visit adds. By segment, the first that
    the visitor is in.
    """
    match by.kind:
        case "segment":
            return next((n for n, one in enumerate(by.texts) if one.name in profile.memberships), None)
        case "category":
            liked = taste_of(profile.interactions, Weighing(half_life, session_boost=1.0)).categories
            shares = [_share(one.name, liked.items()) for one in by.texts]
            best = max(range(len(shares)), key=lambda place: (shares[place], -place), default=None)
            return best if best is not None and shares[best] >= LEAST else None


def is_deep(category: str) -> bool:
    """Interest is told apart down to the second level, and no deeper."""
    return shallow(category) != category


def _share(category: str, liked: Iterable[tuple[str, float]]) -> float:
    return sum(share for path, share in liked if path == category or path.startswith(f"{category}/"))
