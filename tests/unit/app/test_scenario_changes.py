"""Setting a scenario as a whole: revisions, steps, an audience, what it claims from others, and what it warns of."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from shopbell.app.scenarios.change import ScenarioChange, StepChange
from shopbell.app.scenarios.warnings import NO_BIRTHDAYS, NO_CATALOGUE, NO_CONTACT, NO_GAPS, NO_SCORES, NO_STEPS
from shopbell.domain.clock import DAY, HOUR, format_duration
from shopbell.domain.content import Content
from shopbell.domain.errors import Conflict, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId, VisitorId
from shopbell.domain.profile import Trait
from shopbell.domain.scenarios.settings import OwnAudience
from shopbell.domain.segments.definition import Segment
from shopbell.domain.visits.interactions import interactions_of

from tests.contract.samples import product
from tests.unit.app.shop import NOON, STORE, Shop

MISSED = "we_missed_you"
ON, OFF = ScenarioChange(enabled=True), ScenarioChange(enabled=False)
OWN = Content("Come back", "Please", "/new")


def faults(shop: Shop, name: str, change: ScenarioChange) -> list[str]:
    with pytest.raises(Rejected) as refused:
        shop.enable(STORE, name, change)
    assert shop.scenarios.get(STORE, name) is None
    assert shop.segments.get(STORE, SegmentId(f"scenario-{name}")) is None
    return [problem.path for problem in refused.value.problems]


def segment(shop: Shop, name: str = MISSED) -> Segment:
    row = shop.segments.get(STORE, SegmentId(f"scenario-{name}"))
    assert row is not None
    return row


def parts(row: Segment) -> Sequence[Json]:
    """Of its rule: all must hold."""
    rule = row.rule
    assert isinstance(rule, Mapping)
    inside = rule["and"]
    assert isinstance(inside, Sequence)
    return inside


# revisions


def test_each_write_is_a_revision_and_who_read_an_older_one_is_told() -> None:
    shop = Shop()
    assert shop.enable(STORE, MISSED, ON, 0).revision == 1
    assert shop.enable(STORE, MISSED, OFF, 1).revision == 2
    with pytest.raises(Conflict) as refused:
        shop.enable(STORE, MISSED, ON, 1)
    assert refused.value.status == 412
    assert shop.enable(STORE, MISSED, ON).revision == 3


def test_a_call_that_broke_off_after_the_settings_is_finished_by_its_repeat() -> None:
    shop = Shop()
    shop.enable(STORE, MISSED, ON)
    shop.drain_builds()
    settings = shop.scenarios.get(STORE, MISSED)
    assert settings is not None
    shop.scenarios.save(replace(settings, enabled=False, revision=2))
    assert segment(shop).state == "active", "the segment was not told"
    shop.enable(STORE, MISSED, OFF)
    assert segment(shop).state == "paused"


# steps


def test_each_step_has_its_own_words_delay_and_switch() -> None:
    shop = Shop()
    steps = (StepChange(), StepChange("P3D", OWN), StepChange("P9D", None, enabled=False))
    view = shop.enable(STORE, "nice_to_meet_you", ScenarioChange(enabled=True, steps=steps))
    assert [(step.delay, step.enabled) for step in view.steps] == [
        (3_600_000, True),
        (3 * DAY, True),
        (9 * DAY, False),
    ]
    assert view.steps[1].content == OWN
    assert view.values is not None
    assert list(view.values.lengths("steps")) == [HOUR, 3 * DAY, 9 * DAY]


@pytest.mark.parametrize(
    ("name", "change", "paths"),
    [
        pytest.param(
            MISSED, ScenarioChange(True, steps=(StepChange(),) * 3), ["steps.2"], id="more steps than delays"
        ),
        pytest.param(
            "birthday",
            ScenarioChange(True, steps=(StepChange("P1D"),)),
            ["steps.0.delay"],
            id="a delay of one",
        ),
        pytest.param(
            MISSED,
            ScenarioChange(True, {"steps": ["PT0S"]}, steps=(StepChange("P1D"),)),
            ["parameters.steps"],
            id="two delays that differ",
        ),
        pytest.param(
            MISSED,
            ScenarioChange(True, steps=(StepChange("PT0S"), StepChange("P1D"), StepChange())),
            ["steps.2.delay"],
            id="a step that is not shipped without a delay",
        ),
        pytest.param(
            MISSED,
            ScenarioChange(True, steps=(StepChange("P2D"), StepChange("P1D"))),
            ["steps.1.delay"],
            id="back",
        ),
        pytest.param(MISSED, ScenarioChange(True, {"coupon_pool": "x"}), ["parameters.coupon_pool"], id="a coupon"),
    ],
)
def test_what_does_not_fit_together_is_named_and_nothing_is_saved(
    name: str, change: ScenarioChange, paths: list[str]
) -> None:
    assert faults(Shop(), name, change) == paths


def test_what_get_shows_may_be_put_back_as_it_is() -> None:
    shop = Shop()
    view = shop.enable(STORE, MISSED, ON)
    assert view.values is not None
    steps = tuple(StepChange(format_duration(step.delay), step.content, step.enabled) for step in view.steps)
    given: Mapping[str, Json] = view.values.all
    again = shop.enable(STORE, MISSED, ScenarioChange(True, given, view.content, steps))
    assert again.values == view.values
    assert again.steps == tuple(replace(step, own=True) for step in view.steps)


# the audience


def test_an_audience_of_segments_is_part_of_the_hidden_rule_and_uses_them() -> None:
    shop = Shop()
    shop.segment("vip", {"event": "purchase"})
    shop.enable(STORE, MISSED, ScenarioChange(True, audience=OwnAudience((SegmentId("vip"),))))
    assert {"in_segment": "vip"} in parts(segment(shop))


@pytest.mark.parametrize(
    ("own", "path"),
    [
        (OwnAudience((SegmentId("none"),)), "audience.include.0"),
        (OwnAudience((), None, (SegmentId("vip"), SegmentId("none"))), "audience.exclude.1"),
        (OwnAudience((), {"event": "Bad Name"}), "audience.rule.event"),
        (OwnAudience((), {"in_segment": "none"}), "audience.rule.in_segment"),
        (OwnAudience((SegmentId(f"scenario-{MISSED}"),)), "audience.include.0"),
    ],
)
def test_what_is_wrong_with_an_audience_is_named(own: OwnAudience, path: str) -> None:
    shop = Shop()
    shop.segment("vip", {"event": "purchase"})
    assert faults(shop, MISSED, ScenarioChange(True, audience=own)) == [path]


def test_a_segment_that_is_not_evaluated_can_be_nobody_s_audience() -> None:
    shop = Shop()
    vip = shop.segments.get(STORE, shop.segment("vip", {"event": "purchase"}))
    assert vip is not None
    assert shop.segments.save(replace(vip, state="paused", revision=vip.revision + 1), expected=vip.revision)
    change = ScenarioChange(True, audience=OwnAudience((SegmentId("vip"),)))
    with pytest.raises(Conflict):
        shop.enable(STORE, MISSED, change)
    assert shop.enable(STORE, MISSED, replace(change, enabled=False)).audience == change.audience


# churn and we missed you


def test_while_churn_is_on_we_missed_you_leaves_its_customers_out_and_takes_them_back() -> None:
    shop = Shop()
    shop.enable(STORE, MISSED, ON)
    alone = segment(shop).rule
    shop.enable(STORE, "churn", ScenarioChange(True, {"x_purchases": 3}))
    shop.drain_builds()
    beside = segment(shop)
    assert {"not": {"event": "purchase", "op": "gte", "value": 3}} in parts(beside)
    assert (beside.version, beside.state) == (2, "active")
    shop.enable(STORE, "churn", OFF)
    assert segment(shop).rule == alone


def test_churn_does_not_wake_a_we_missed_you_that_is_off() -> None:
    shop = Shop()
    shop.enable(STORE, "churn", ON)
    assert shop.segments.get(STORE, SegmentId(f"scenario-{MISSED}")) is None
    shop.enable(STORE, MISSED, ON)
    assert {"not": {"event": "purchase", "op": "gte", "value": 1}} in parts(segment(shop))


# what products are picked by


def test_switching_on_folds_what_visitors_looked_at_before_too() -> None:
    shop = Shop()
    shop.segment("visited", {"event": "page_view"})
    shop.fold(shop.event("ann", "product_view", NOON - DAY, {"product_id": "boots"}))
    assert shop.visitors.load(STORE, VisitorId("ann")).interactions == b""
    shop.enable(STORE, "top_sellers", ON)
    shop.drain_builds()
    shop.fold(shop.event("ann", "product_view", NOON, {"product_id": "socks"}))
    seen = interactions_of(shop.visitors.load(STORE, VisitorId("ann")).interactions)
    assert {one.product for one in seen} == {"boots", "socks"}
    store = shop.stores.get(STORE)
    assert store is not None
    assert store.keeps_interactions


# warnings


def test_it_warns_of_what_keeps_it_from_being_sent_or_from_being_worth_it() -> None:
    shop = Shop()
    assert shop.enable(STORE, "birthday", ON).warnings == (NO_CATALOGUE, NO_BIRTHDAYS)
    assert shop.enable(STORE, "birthday", OFF).warnings == ()
    boots = replace(product(), created_at=NOON)
    shop.world.products[STORE, boots.id] = boots
    known = shop.visitors.load(STORE, VisitorId("ann"))
    shop.world.profiles[STORE, VisitorId("ann")] = replace(known, traits={"birthday": Trait(NOON, "r", "05-17")})
    assert shop.enable(STORE, "birthday", ON).warnings == ()


@pytest.mark.parametrize(
    ("changed", "warning"),
    [
        ({"sending": "paused"}, "sending is paused for this store"),
        ({"vapid_keys": ()}, "the store has no VAPID key"),
        ({"contact": "nobody"}, NO_CONTACT),
        ({"contact": "mailto:push@localhost"}, NO_CONTACT),
    ],
)
def test_it_warns_of_a_store_that_cannot_send(changed: Mapping[str, object], warning: str) -> None:
    shop = Shop()
    shop.world.stores[STORE] = replace(shop.world.stores[STORE], **changed)  # type: ignore[arg-type]
    assert warning in shop.enable(STORE, "churn", ScenarioChange(True, {"algorithm": "none"})).warnings
    assert NO_CATALOGUE not in shop.enable(STORE, "churn", ScenarioChange(True, {"algorithm": "none"})).warnings


def test_it_warns_of_a_series_of_which_every_message_is_off() -> None:
    off = StepChange(enabled=False)
    assert NO_STEPS in Shop().enable(STORE, "churn", ScenarioChange(True, steps=(off, off))).warnings
    assert NO_STEPS not in Shop().enable(STORE, "churn", ScenarioChange(True, steps=(off,))).warnings


def test_fly_mode_is_set_by_rules_of_its_own() -> None:
    with pytest.raises(Conflict, match="/v1/triggers"):
        Shop().enable(STORE, "fly_mode", ON)


@pytest.mark.parametrize(
    ("parameters", "known", "wanted"),
    [
        ({"n_days": "auto"}, {}, (NO_GAPS,)),
        ({"n_days": "auto"}, {"repeat_gap_median": 1.0, "long_gap": 2.0}, ()),
        ({"use_score": True}, {}, (NO_SCORES,)),
        ({"use_score": True, "n_days": "auto"}, {"aov": 1.0}, (NO_SCORES,)),
        ({"use_score": True}, {"repeat_gap_median": 1.0}, ()),
        ({"n_days": 30}, {}, ()),
    ],
)
def test_churn_by_the_store_s_numbers_warns_while_there_are_none(
    parameters: Mapping[str, Json], known: Mapping[str, float], wanted: tuple[str, ...]
) -> None:
    shop = Shop()
    shop.world.rules[STORE] = replace(shop.segments.rules(STORE), statistics=known)

    change = ScenarioChange(True, {"algorithm": "none", **parameters})
    assert shop.enable(STORE, "churn", change).warnings == wanted
    assert shop.enable(STORE, "churn", replace(change, enabled=False)).warnings == ()
