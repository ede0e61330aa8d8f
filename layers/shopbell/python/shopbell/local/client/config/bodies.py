"""What is sent of a thing that a file describes: ids in the place of names, and changed fields alone."""

from collections.abc import Mapping
from typing import Any, Final

from shopbell.local.client.config.files import Place
from shopbell.local.client.config.kinds import STORE, Body, Kind
from shopbell.local.client.config.plan import Change
from shopbell.local.client.config.references import renamed

_OURS: Final = frozenset({"state", "predefined"})
"""Fields of the file that no call takes."""


def whole(change: Change, ids: Mapping[str, str]) -> Body:
    """Of a new thing, or of one that takes the place of another."""
    body = _sent(change.body, ids)
    if _named_in_path(change.kind):
        return body
    named = {change.kind.instead: True} if change.name == change.kind.instead else {change.kind.named_by: change.name}
    return {**body, **named}


def edit(change: Change, ids: Mapping[str, str]) -> Body:
    """The fields that change, each whole; what the file no longer says is set to what holds without a word."""
    body = _sent(change.body, ids)
    fields = dict.fromkeys(str(one.path[0]) for one in change.fields)
    made = {name: body.get(name, _without(change.kind, name)) for name in fields if name not in _OURS}
    if change.kind.named_by in made and change.kind.section != STORE:
        made[change.kind.named_by] = change.name
    return made


def _sent(body: Body, ids: Mapping[str, str]) -> Body:
    def known(name: str, _: Place) -> str:
        return ids[name]

    sent: Body = renamed(body, known)
    return {name: value for name, value in sent.items() if name not in _OURS}


def _without(kind: Kind, field: str) -> Any:
    told = kind.schema["properties"].get(field, {})
    return told.get("default", [] if told.get("type") == "array" else {})


def _named_in_path(kind: Kind) -> bool:
    return kind.write.startswith("PUT")
