"""A segment that is asked for by the name of a predefined one and a marketer's choices."""

from typing import Final

from shopbell.domain.errors import Rejected
from shopbell.domain.incoming.segments import SegmentIn
from shopbell.domain.predefined.library import predefined
from shopbell.domain.predefined.render import render

TAG: Final = "predefined"


def written(given: SegmentIn) -> SegmentIn:
    """With the rule spelled out, and the predefined words where none were given. Rejected says what is wrong."""
    if given.predefined is None:
        _check_plain(given)
        return given
    if given.rule:
        raise Rejected.at("rule", "comes from the predefined segment")
    row = predefined().get(given.predefined)
    if row is None:
        raise Rejected.at("predefined", f"must be one of {', '.join(predefined())}")
    rendered = render(row, given.parameters)
    return given.model_copy(
        update={
            "name": given.name or rendered.name,
            "rule": rendered.rule,
            "description": given.description or row.description,
            "tags": given.tags or (TAG,),
        }
    )


def _check_plain(given: SegmentIn) -> None:
    if "rule" not in given.model_fields_set:
        raise Rejected.at("rule", "is required")
    if given.parameters:
        raise Rejected.at("parameters", "belong to a predefined segment")
