"""docs/api.md says of every update without If-Match why it has none, and what an answer about limits looks like."""

import json
import re
from pathlib import Path

from shopbell.domain.limits import MANAGEMENT
from shopbell.runtime.http.limiting import policy
from shopbell.runtime.http.openapi import OPERATIONS
from shopbell.runtime.http.problem import ProblemOut

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_update_takes_the_etag_or_the_page_says_why_not() -> None:
    told = set(re.findall(r"`(PUT|PATCH|DELETE) ([^`]+)`", PAGE.replace("…/", "/v1/visitors/{visitor_id}/")))
    without = {
        (one.method, one.path)
        for one in OPERATIONS
        if one.method in {"PUT", "PATCH", "DELETE"} and "if-match" not in one.takes
    }
    assert told == without


def test_who_takes_the_etag_answers_412() -> None:
    assert [one.id for one in OPERATIONS if "if-match" in one.takes and 412 not in one.errors] == []


def test_the_limits_and_the_problem_are_shown_as_they_are() -> None:
    assert policy(MANAGEMENT) in PAGE
    (problem,) = (json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))
    assert ProblemOut(**problem).model_dump() == problem
