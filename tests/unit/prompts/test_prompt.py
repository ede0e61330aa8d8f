"""What a store sets of its permission prompt: ranges by field, what pages are told, whom the hidden segment means."""

from collections.abc import Mapping

import pytest
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId
from shopbell.domain.prompts.prompt import PARAMETERS, audience, told
from shopbell.domain.scenarios.parameters import effective
from shopbell.domain.scenarios.settings import OwnAudience

VIP, STAFF = SegmentId("vip"), SegmentId("staff")
SHORT: Mapping[str, Json] = {"name": "short", "weight": 3, "title": "News?"}
SALE: Mapping[str, Json] = {"id": "sale", "label": "Sales"}
LONG: Mapping[str, Json] = {"name": "long", "title": "Would you like to hear our news?"}


def paths(**given: Json) -> list[str]:
    with pytest.raises(Rejected) as refused:
        effective(PARAMETERS, given)
    return [one.path.removeprefix("parameters.") for one in refused.value.problems]


def test_every_default_is_a_value_that_may_be_given() -> None:
    for one in PARAMETERS:
        assert one.read(one.default) == one.default
        assert one.help.endswith(".")


@pytest.mark.parametrize(
    ("name", "given", "path"),
    [
        ("trigger", "page_view_n", "trigger"),
        ("trigger", "page_view_n:0", "trigger"),
        ("trigger", "scroll_pct:101", "trigger"),
        ("trigger", "scroll_pct:half", "trigger"),
        ("trigger", "immediate:1", "trigger"),
        ("trigger", "interaction:", "trigger"),
        ("trigger", "hover:#bell", "trigger"),
        ("trigger", 5, "trigger"),
        ("delay_s", -1, "delay_s"),
        ("position", "middle", "position"),
        ("title", "", "title"),
        ("title", "x" * 101, "title"),
        ("title", None, "title"),
        ("logo", "javascript:alert(1)", "logo"),
        ("ios_coach", "yes", "ios_coach"),
        ("frequency", {"per_week": 1}, "frequency.per_week"),
        ("frequency", {"per_day": 0}, "frequency.per_day"),
        ("frequency", 3, "frequency"),
        ("backoff", [], "backoff"),
        ("backoff", [3, 366], "backoff.1"),
        ("backoff", [3, 7.0], "backoff.1"),
        ("never_on", "checkout", "never_on"),
        ("never_on", ["checkout", ""], "never_on.1"),
        ("languages", ["deu", "German"], "languages.1"),
        ("translations", {"German": {}}, "translations.German"),
        ("translations", {"de": {"headline": "x"}}, "translations.de.headline"),
        ("translations", {"de": {"title": ""}}, "translations.de.title"),
        ("variants", [SHORT], "variants"),
        ("variants", [SHORT, {"name": "a b"}], "variants.1.name"),
        ("variants", [SHORT, {**SHORT}], "variants.1.name"),
        ("variants", [SHORT, {"name": "b", "weight": 0}], "variants.1.weight"),
        ("variants", [SHORT, {"name": "b", "body": "x"}], "variants.1.body"),
        ("topics", ["sale"], "topics.0"),
        ("topics", [{"id": "sale"}], "topics.0"),
        ("topics", [{"id": "sale", "label": ""}], "topics.0.label"),
        ("topics", [SALE, SALE], "topics.1.id"),
        ("topics", "sale", "topics"),
        ("colour", "red", "colour"),
    ],
)
def test_what_is_wrong_is_named(name: str, given: Json, path: str) -> None:
    assert paths(**{name: given}) == [path]


def test_pages_are_told_everything_that_is_set_and_nothing_that_is_not() -> None:
    values = effective(PARAMETERS, {"title": "News?", "frequency": {"per_day": 2}, "variants": [SHORT, LONG]})
    facts = told(values, enabled=True, ask=None)
    assert facts["title"] == "News?"
    assert facts["frequency"] == {"per_session": 1, "per_day": 2, "lifetime": 5}
    assert facts["variants"] == (SHORT, {"name": "long", "weight": 1, "title": "Would you like to hear our news?"})
    assert {"logo", "position", "ask"}.isdisjoint(facts)
    assert told(values, enabled=False, ask="others")["ask"] == "others"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        pytest.param(None, None, id="everybody"),
        pytest.param(OwnAudience(), None, id="an empty audience"),
        pytest.param(OwnAudience(include=(VIP,)), ("members", {"in_segment": "vip"}), id="a segment"),
        pytest.param(OwnAudience(exclude=(STAFF,)), ("others", {"in_segment": "staff"}), id="all but a segment"),
        pytest.param(
            OwnAudience(exclude=(STAFF, VIP)),
            ("others", {"or": [{"in_segment": "staff"}, {"in_segment": "vip"}]}),
            id="all but two",
        ),
        pytest.param(
            OwnAudience(include=(VIP,), rule={"trait": "country", "op": "eq", "value": "DE"}, exclude=(STAFF,)),
            (
                "members",
                {
                    "and": [
                        {"or": [{"in_segment": "vip"}, {"trait": "country", "op": "eq", "value": "DE"}]},
                        {"not": {"in_segment": "staff"}},
                    ]
                },
            ),
            id="a segment or a rule, without another",
        ),
    ],
)
def test_the_hidden_segment_is_of_the_fewer(own: OwnAudience | None, expected: object) -> None:
    assert audience(own) == expected
