"""All predefined segments, read once from the files beside this module."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from shopbell.domain.predefined.model import Predefined


@cache
def predefined() -> Mapping[str, Predefined]:
    """By id, in the order of their ids."""
    found = [
        Predefined.model_validate_json(file.read_text("utf-8"))
        for file in files("shopbell.domain.predefined").joinpath("rules").iterdir()
        if file.name.endswith(".json")
    ]
    return {row.id: row for row in sorted(found, key=lambda row: row.id)}


def installed() -> list[Predefined]:
    """Those that a new store is given; the others make a segment for each choice, when somebody asks."""
    return [row for row in predefined().values() if not row.factory]
