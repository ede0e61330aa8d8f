"""A segment that is asked for by the name of a predefined one and a marketer's choices."""

from typing import Final

from shopbell.domain.errors import Rejected
from shopbell.domain.incoming.segments import SegmentIn
from shopbell.domain.predefined.library import predefined
from shopbell.domain.predefined.model import Predefined
from shopbell.domain.predefined.render import Rendered, blamed, render
from shopbell.domain.rules.parse import parse_rule

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
    _check_rule(row, rendered)
    return given.model_copy(
        update={
            "name": given.name or rendered.name,
            "rule": rendered.rule,
            "description": given.description or row.description,
            "tags": given.tags or (TAG,),
        }
    )


def _check_rule(row: Predefined, rendered: Rendered) -> None:
    """The marketer wrote choices and no rule: a fault of the rule is told as one of theirs."""
    try:
        parse_rule(rendered.rule)
    except Rejected as exc:
        raise Rejected([each for problem in exc.problems for each in blamed(row, problem)] or exc.problems) from None


def _check_plain(given: SegmentIn) -> None:
    if "rule" not in given.model_fields_set:
        raise Rejected.at("rule", "is required")
    if given.parameters:
        raise Rejected.at("parameters", "belong to a predefined segment")
