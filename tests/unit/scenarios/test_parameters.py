"""What can be set for each scenario: every parameter with its range and default, and what it makes of the plan."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.errors import Conflict, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.scenarios.due import ClickWindow
from shopbell.domain.scenarios.filters import Filters
from shopbell.domain.scenarios.kinds import Choice, Flag, ListName, Name, Several, Share, Topic, Whole
from shopbell.domain.scenarios.landing import ListPage
from shopbell.domain.scenarios.moments import Length, Lengths, Quota, TimeOfDay
from shopbell.domain.scenarios.occurrences import Moment, Recurrence
from shopbell.domain.scenarios.ordered import Ordered
from shopbell.domain.scenarios.parameters import Parameter, describe
from shopbell.domain.scenarios.plan import OnCalendar, OnClock, OnEvent, Plan, SendTime
from shopbell.domain.scenarios.settings import ScenarioSettings, StepSettings
from shopbell.domain.scenarios.table import SCENARIOS

from tests.contract.samples import CONTENT

STORE = StoreId("store00001")
BUILT = {name: row.row for name, row in SCENARIOS.items() if row.row is not None}
ALL = [(name, parameter) for name, row in BUILT.items() for parameter in row.parameters]
IDS = [f"{name}.{parameter.name}" for name, parameter in ALL]


def plan(name: str, **parameters: Json) -> Plan:
    return SCENARIOS[name].plan(ScenarioSettings(STORE, name, enabled=True, parameters=parameters))


OTHERWISE: Mapping[type[Parameter], Sequence[Json]] = {
    Share: (-0.01, 1.01, "0.5", True),
    Length: ("P20000D", "soon", 5, "P1Y"),
    Choice: ("nonsense", 5, ""),
    Flag: ("true", 1, None),
    Name: (5, "", "with space", "x" * 65),
    TimeOfDay: ("24:00", "9:00", "10:60", "noon", 600),
    ClickWindow: ("P3D", {}, {"click": 3}, {"click": "P31D"}, {"click": "PT1S"}, {"click": "P3D", "view": "P1D"}),
    ListPage: ("/picks", {}, {"url": 1}, {"url": "/{{ x }}"}, {"url": "ftp://x"}, {"url": "/a", "n": 1}),
    Quota: (3, {"count": 3}, {"count": 0, "within": "P1D"}, {"count": 1, "within": "P0D"}),
    Recurrence: (
        "0 18 * * *",
        "0 18 * * THU *",
        "0 25 ? * THU *",
        "0 0 30 2 ? *",
        "* * * * ? *",
        "cron(0 18 ? * THU *)",
        5,
    ),
    Topic: ("", "x" * 65, 5),
    ListName: ("", "Gifts", "x" * 65, 5),
    Several: ([], ["nothing"], "viewed", 5, {}),
    Moment: ("tomorrow", "2026-03-05", "2026-03-05T18:00:30Z", 5),
    Ordered: ([7], "top_sellers", ["none"], ["top_sellers", "top_sellers"]),
    Filters: ([], {"colour": "red"}, {"price": {"min": 5, "max": 1}}, {"min_discount": 101}, {"brand": [1]}),
}


def wrong(parameter: Parameter) -> Sequence[Json]:
    """Of each kind what lies just beyond, and what is of another type."""
    match parameter:
        case Whole(low=low, high=high):
            return (low - 1, high + 1, float(low), "1", True)
        case Lengths(most=most):
            return ([], ["P2D", "P1D"], ["P1D", "P1D"], [f"P{day}D" for day in range(1, most + 2)], "P1D", [5])
        case _:
            return OTHERWISE[type(parameter)]


@pytest.mark.parametrize(("name", "parameter"), ALL, ids=IDS)
def test_each_parameter_takes_its_default_and_says_what_it_takes(name: str, parameter: Parameter) -> None:
    assert parameter.read(parameter.default) == parameter.default
    shown: Any = describe(parameter)
    assert shown["help"].endswith(".")
    assert shown["type"]
    plan(name, **{parameter.name: parameter.default})


@pytest.mark.parametrize(("name", "parameter"), ALL, ids=IDS)
def test_each_parameter_refuses_what_lies_beyond_by_its_name(name: str, parameter: Parameter) -> None:
    for value in wrong(parameter):
        with pytest.raises(Rejected) as refused:
            plan(name, **{parameter.name: value})
        (problem,) = refused.value.problems
        assert f"{problem.path}.".startswith(f"parameters.{parameter.name}.")


@pytest.mark.parametrize(("name", "parameter"), ALL, ids=IDS)
def test_null_is_refused_where_it_is_no_value(name: str, parameter: Parameter) -> None:
    if describe(parameter).get("nullable"):
        plan(name, **{parameter.name: None})
        return
    with pytest.raises(Rejected):
        plan(name, **{parameter.name: None})


def test_what_nobody_knows_is_unknown() -> None:
    with pytest.raises(Rejected) as refused:
        plan("churn", nonsense=1, n_days=1)
    assert {p.path: p.message for p in refused.value.problems}["parameters.nonsense"] == "is unknown"


@pytest.mark.parametrize("name", sorted(BUILT))
def test_each_scenario_has_every_shared_parameter_and_a_rule_of_the_language(name: str) -> None:
    shared = {
        "class", "priority", "holdout_percent", "reentry", "cooldown", "quiet_hours", "ttl", "urgency", "algorithm",
        "n", "min", "filters", "fallback_max_level", "exclude_purchased", "exclude_shown", "recheck_audience",
        "ttl_of_relevance", "per_user", "fallback",
    }  # fmt: skip
    assert shared <= {parameter.name for parameter in BUILT[name].parameters}
    parse_rule(plan(name).audience)


def test_a_scenario_of_a_later_release_has_no_plan() -> None:
    with pytest.raises(Conflict):
        plan("bulk")


# what the specification says of each

DEFAULTS: dict[str, dict[str, Any]] = {
    "we_missed_you": {
        "trigger": OnClock(),
        "send_time": SendTime("best_hour"),
        "priority": 30,
        "ttl": 2 * DAY,
        "urgency": "low",
        "cooldown": 60 * DAY,
        "max_per_user": (4, 365 * DAY),
        "message_class": "triggered",
    },
    "churn": {"trigger": OnClock(), "priority": 32, "cooldown": 90 * DAY, "message_class": "triggered"},
    "birthday": {
        "trigger": OnClock(fresh=True),
        "send_time": SendTime("at", 600, 1_260),
        "priority": 60,
        "ttl": 14 * HOUR,
        "cooldown": 300 * DAY,
        "exit_on": frozenset(),
    },
    "new_arrivals": {
        "trigger": OnCalendar(18 * 60, 1),
        "priority": 25,
        "message_class": "promo",
        "cooldown": 6 * DAY,
    },
    "top_sellers": {"trigger": OnCalendar(12 * 60, 4), "priority": 15, "message_class": "promo"},
    "push_recommendation": {
        "trigger": OnCalendar(18 * 60, 3),
        "priority": 20,
        "ttl": DAY,
        "urgency": "normal",
        "message_class": "promo",
        "newest_device_only": True,
    },
    "nice_to_meet_you": {
        "trigger": OnEvent("signup"),
        "priority": 45,
        "ttl": DAY,
        "reentry": "never",
        "exit_on": frozenset({"purchase"}),
    },
}


@pytest.mark.parametrize("name", sorted(DEFAULTS))
def test_the_defaults_are_those_of_the_specification(name: str) -> None:
    made = plan(name)
    assert {field: getattr(made, field) for field in DEFAULTS[name]} == DEFAULTS[name]
    assert (made.holdout_percent, made.respect_quiet_hours, made.recheck_audience) == (0, True, True)
    assert all(step.relevance == DAY and step.coupon is None for step in made.steps)


STEPS: dict[str, list[tuple[int, str | None, tuple[str, ...]]]] = {
    "we_missed_you": [(0, "smart_offers", ()), (14 * DAY, "discounted", ("smart_offers",))],
    "churn": [
        (0, "smart_offers", ("complementary", "top_sellers")),
        (10 * DAY, "smart_offers", ("complementary", "top_sellers")),
    ],
    "birthday": [(0, "smart_offers", ())],
    "new_arrivals": [(0, "new_arrivals", ())],
    "top_sellers": [(0, "top_sellers", ())],
    "push_recommendation": [(0, "smart_offers", ())],
    "nice_to_meet_you": [
        (HOUR, "last_visited", ("smart_offers", "top_sellers")),
        (2 * DAY, "smart_offers", ("top_sellers",)),
        (6 * DAY, "top_sellers", ()),
    ],
}


@pytest.mark.parametrize("name", sorted(STEPS))
def test_the_steps_and_their_products_are_those_of_the_specification(name: str) -> None:
    made = [(step.delay, step.products.algorithm, step.products.fallback) for step in plan(name).steps]
    assert made == STEPS[name]


@pytest.mark.parametrize(
    ("name", "given", "field", "value"),
    [
        ("we_missed_you", {"max_per_user_year": 2}, "max_per_user", (2, 365 * DAY)),
        ("churn", {"max_per_user": {"count": 3, "within": "P30D"}}, "max_per_user", (3, 30 * DAY)),
        ("churn", {"send_time": "09:30"}, "send_time", SendTime("at", 570)),
        ("churn", {"send_time": "immediate"}, "send_time", SendTime()),
        ("churn", {"quiet_hours": "ignore"}, "respect_quiet_hours", False),
        ("churn", {"class": "promo"}, "message_class", "promo"),
        ("churn", {"holdout_percent": 5}, "holdout_percent", 5),
        ("churn", {"per_user": "most_recent"}, "newest_device_only", True),
        ("churn", {"reentry": "always"}, "reentry", "always"),
        ("churn", {"recheck_audience": False}, "recheck_audience", False),
        ("churn", {"ttl": "PT1H", "urgency": "high"}, "ttl", HOUR),
        ("birthday", {"send_at": "08:15", "latest": "12:00"}, "send_time", SendTime("at", 495, 720)),
        ("birthday", {"once_per_year": False}, "cooldown", DAY),
        ("birthday", {"once_per_year": False, "cooldown": "P5D"}, "cooldown", 5 * DAY),
        ("birthday", {"cooldown": "P310D"}, "cooldown", 310 * DAY),
        ("new_arrivals", {"weekday": "daily", "time": "07:05"}, "trigger", OnCalendar(425)),
        ("top_sellers", {"weekday": "sunday"}, "trigger", OnCalendar(720, 6)),
        ("new_arrivals", {"max_lateness": "PT1H"}, "trigger", OnCalendar(18 * 60, 1, HOUR)),
    ],
)
def test_a_parameter_changes_the_plan(name: str, given: dict[str, Json], field: str, value: object) -> None:
    assert getattr(plan(name, **given), field) == value


def test_products_are_picked_as_the_marketer_says() -> None:
    given: dict[str, Json] = {
        "algorithm": "top_sellers",
        "n": 3,
        "min": 2,
        "filters": {"category": "Outdoor", "price": {"max": 9_900}, "in_stock": True},
        "fallback_max_level": 0,
        "exclude_purchased": None,
        "exclude_shown": "P1D",
    }
    (step,) = plan("push_recommendation", **given).steps
    picked = step.products
    assert (picked.algorithm, picked.count, picked.minimum, picked.fallback_max_level) == ("top_sellers", 3, 2, 0)
    assert picked.filters == {"category": ("Outdoor",), "price": {"max": 9_900}, "in_stock": True}
    assert (picked.exclude_purchased, picked.exclude_shown, picked.fallback) == (None, DAY, ())


def test_no_product_is_a_choice_too_and_more_cannot_be_wanted_than_are_shown() -> None:
    assert plan("birthday", algorithm="none").steps[0].products.algorithm is None
    assert plan("birthday", min=4, n=4).steps[0].products.minimum == 4
    with pytest.raises(Rejected, match=r"parameters\.min"):
        plan("birthday", min=4)


def test_what_an_algorithm_takes_comes_with_it() -> None:
    top = plan("top_sellers", window="P30D", scope="store", measure="units").steps[0].products.options
    assert top == {"window": "P30D", "scope": "store", "measure": "units"}
    new = plan("new_arrivals", min_pool=5, min_affinity=0.1, refresh="daily").steps[0].products
    assert (new.options["min_pool"], new.options["min_affinity"], new.options["refresh"]) == (5, 0.1, "daily")
    assert new.fallback_max_level == 0, "with too few new products the week is skipped"
    assert plan("churn").steps[0].products.options["purchase_weight"] == 2


def test_a_series_has_as_many_messages_as_delays_and_the_last_words_serve_for_the_rest() -> None:
    made = plan("we_missed_you", steps=["PT0S", "P7D", "P21D"]).steps
    assert [step.delay for step in made] == [0, 7 * DAY, 21 * DAY]
    assert made[1].content == made[2].content != made[0].content
    assert len(plan("we_missed_you", steps=["PT0S"]).steps) == 1


def test_words_and_switches_of_each_step_are_the_store_s_own() -> None:
    settings = ScenarioSettings(
        STORE, "nice_to_meet_you", True, content=CONTENT, steps=(StepSettings(), StepSettings(CONTENT, enabled=False))
    )
    first, second, third = SCENARIOS["nice_to_meet_you"].plan(settings).steps
    assert (first.content, second.content, third.content != CONTENT) == (CONTENT, CONTENT, True)
    assert (first.enabled, second.enabled, third.enabled) == (True, False, True)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"send_at": "20:56"}, "parameters.latest"),
        ({"latest": "09:00"}, "parameters.latest"),
        ({"send_at": "23:51", "latest": "23:59"}, "parameters.send_at"),
        ({"reentry": "always"}, "parameters.reentry"),
    ],
)
def test_parameters_that_do_not_go_together_are_refused(given: dict[str, Json], path: str) -> None:
    with pytest.raises(Rejected) as refused:
        plan("birthday", **given)
    assert [problem.path for problem in refused.value.problems] == [path]


def test_relevance_is_a_parameter() -> None:
    assert plan("birthday", ttl_of_relevance="PT30M").steps[0].relevance == 30 * MINUTE
