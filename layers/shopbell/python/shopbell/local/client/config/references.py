"""Where a thing names segments: by id in the API, by name in a file."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from shopbell.local.client.config.files import Place

Rename = Callable[[str, Place], str]
"""The other name of a segment that is named at a place; it may raise."""
_SIDES: Final = frozenset({"include", "exclude"})
_TOLD_OF: Final = ("segments",)
_TURNED: Final = {"field": "segment_id"}


def renamed(value: Any, rename: Rename, at: Place = ()) -> Any:
    """The same with every segment under its other name: in rules, audiences, words by segment, targets, webhooks."""
    match value:
        case list():
            return [renamed(one, rename, (*at, place)) for place, one in enumerate(value)]
        case dict():
            return dict(_field(name, below, value, rename, at) for name, below in value.items())
        case _:
            return value


def named(value: Any) -> Mapping[Place, str]:
    """Every segment that is named, by its place."""
    found: dict[Place, str] = {}

    def note(name: str, at: Place) -> str:
        found[at] = name
        return name

    renamed(value, note)
    return found


def _field(name: str, below: Any, beside: Mapping[str, Any], rename: Rename, at: Place) -> tuple[str, Any]:
    here = (*at, name)
    if isinstance(below, str) and _is_segment(name, beside, at):
        return name, rename(below, here)
    if isinstance(below, list) and ((name in _SIDES and at[-1:] == ("audience",)) or here == _TOLD_OF):
        return name, [rename(one, (*here, place)) if isinstance(one, str) else one for place, one in enumerate(below)]
    if isinstance(below, dict) and here == ("content_by", "segment"):
        return name, {rename(one, (*here, one)): words for one, words in below.items()}
    return name, renamed(below, rename, here)


def _is_segment(name: str, beside: Mapping[str, Any], at: Place) -> bool:
    """`in_segment` of a rule, the target of a product list, or the one segment whose entries a trigger waits for."""
    if name == "in_segment":
        return True
    if name == "id":
        return at == ("target",) and beside.get("kind") == "segment"
    return name == "value" and at[:-1] == ("where",) and {"field": beside.get("field")} == _TURNED
