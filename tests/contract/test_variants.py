"""Variants come back wherever a message is kept: settings, triggers, campaigns, runs, ledgers and guards."""

from dataclasses import replace

from shopbell.domain.content import Action, Content, ContentBy, ForSome, Variant
from shopbell.domain.dispatch import Dispatch
from shopbell.domain.ids import RunId, StoreId, SubscriptionId
from shopbell.domain.runs import ChunkLedger, Terms
from shopbell.domain.scenarios.fly import OwnTrigger, TriggerId
from shopbell.domain.scenarios.plan import Landing
from shopbell.domain.scenarios.settings import ScenarioSettings, StepSettings

from tests.contract.samples import BEN, CONTENT, campaign, run
from tests.contract.worlds import NOW, Ports

R1 = RunId("r1")
TWO = (
    Variant("calm", 3, CONTENT),
    Variant(
        "loud", 1, Content("Hey", "x", "/", actions=(Action("a", "A", "/a"),), translations={"de": {"title": "He"}})
    ),
)


def test_in_settings_of_a_scenario_and_of_its_steps(ports: Ports, store: StoreId) -> None:
    steps = (StepSettings(), StepSettings(enabled=False, variants=TWO), StepSettings(CONTENT))
    settings = ScenarioSettings(store, "churn", enabled=True, variants=TWO, steps=steps)
    ports.scenarios.save(settings)
    assert ports.scenarios.get(store, "churn") == settings


def test_in_a_trigger_and_a_campaign(ports: Ports, store: StoreId) -> None:
    trigger = OwnTrigger(store, TriggerId("t1"), "Searched", "search", CONTENT, NOW, NOW, variants=TWO)
    assert ports.triggers.save(trigger, expected=None)
    assert ports.triggers.get(store, trigger.id) == trigger
    made = campaign(store, variants=TWO)
    assert ports.campaigns.save(made, expected=None)
    assert ports.campaigns.get(store, made.id) == made


def test_in_a_run_with_the_page_of_its_list(ports: Ports, store: StoreId) -> None:
    made = run(store, variants=TWO, terms=Terms(landing=Landing("/picks")))
    assert ports.runs.create(made)
    assert ports.runs.get(store, R1) == made


def test_beside_the_end_of_each_recipient(ports: Ports, store: StoreId) -> None:
    ledger = ChunkLedger("0-fcm-1", "fcm", bytes([1, 0, 20]), variants=bytes([2, 0, 1]))
    ports.progress.save_ledger(store, R1, ledger)
    assert ports.progress.ledger(store, R1, "0-fcm-1") == ledger
    assert list(ports.progress.ledgers(store, R1)) == [ledger]


def test_in_the_guard_of_a_step_and_in_what_it_counts(ports: Ports, store: StoreId) -> None:
    guard = Dispatch(store, BEN, "step", R1, "done", NOW, (SubscriptionId("s1"),), b"\x01", variant=2)
    assert ports.dispatches.save(guard, {"accepted@loud": 1})
    assert ports.dispatches.get(store, BEN, "step") == replace(guard, version=1)
    assert ports.counters.total(store, f"now:{R1}") == {"accepted@loud": 1}


def test_other_words_for_some_in_a_campaign_and_its_run(ports: Ports, store: StoreId) -> None:
    by = ContentBy("segment", tuple(ForSome(one.name, one.content) for one in TWO))
    made = campaign(store, content_by=by)
    assert ports.campaigns.save(made, expected=None)
    assert ports.campaigns.get(store, made.id) == made
    assert ports.runs.create(run(store, content_by=by))
    assert ports.runs.get(store, R1) == run(store, content_by=by)
