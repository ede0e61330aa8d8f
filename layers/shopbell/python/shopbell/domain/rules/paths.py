"""From the path of a leaf, such as `and.0.not`, back to the leaf as it was written."""

from collections.abc import Mapping, Sequence

from shopbell.domain.events import Json
from shopbell.domain.rules.graph import ROOT


def leaf_at(raw: Json, path: str) -> Json:
    """KeyError for a path that leads nowhere in this rule."""
    found = raw
    for step in [] if path == ROOT else path.split("."):
        found = _inside(found, step)
    return found


def negated(path: str) -> bool:
    """Whether the rule wants the opposite of the leaf: an odd number of `not` stand above it."""
    return path != ROOT and path.split(".").count("not") % 2 == 1


def _inside(found: Json, step: str) -> Json:
    if isinstance(found, Mapping):
        return found[step]
    if isinstance(found, Sequence) and not isinstance(found, str) and step.isdecimal() and int(step) < len(found):
        return found[int(step)]
    raise KeyError(step)
