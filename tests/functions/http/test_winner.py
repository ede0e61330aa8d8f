"""A campaign that finds its winner over HTTP: written, refused, foretold, followed, decided and reported."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.adapters.memory.runs import MemoryRunProgress, MemoryRuns
from shopbell.app.delivery.plan import Launch
from shopbell.app.management.campaigns.deciding import DecideWinner
from shopbell.domain.attribution.cells import Cell
from shopbell.domain.clock import DAY, HOUR, format_instant
from shopbell.domain.ids import CampaignId, RunId, VisitorId
from shopbell.domain.outcomes import CODES
from shopbell.domain.runs import ChunkLedger, ShardProgress
from shopbell.domain.winner import Phase
from shopbell.runtime.http.campaign_uses import reporting

from tests.functions.http.office import Office
from tests.functions.http.test_campaigns import planned
from tests.functions.http.test_variants import CALM_AND_LOUD, CONTENT
from tests.functions.http.world import NOON, OURS

WINNER = {"method": "test", "metric": "clicks", "test_percent": 20}
SHOWN = {**WINNER, "after": "P1D", "otherwise": "keep_split"}
LATER = "2026-03-05T18:00:00Z"


def written(office: Office, **changes: Any) -> str:
    body = {"name": "Sale", "variants": CALM_AND_LOUD, "winner": WINNER, **changes}
    answer = office.manage("POST", "/v1/campaigns", body)
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


def read(office: Office, name: str, what: str = "") -> dict[str, Any]:
    answer = office.manage("GET", f"/v1/campaigns/{name}{what}")
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def accepted(office: Office, run: RunId, calm: int, loud: int) -> None:
    """So many of each were sent."""
    progress, number = MemoryRunProgress(office.world), calm + loud
    progress.save_shard(OURS, run, ShardProgress(0, planned=number, cursor=None, done=True))
    codes, variants = bytes([CODES["accepted"]]) * number, bytes([1] * calm + [2] * loud)
    progress.save_ledger(OURS, run, ChunkLedger("c", "fcm", codes, variants=variants))


def count(office: Office, name: str, measure: str, calm: int, loud: int) -> None:
    cells = {Cell(name, NOON, 0, "calm", measure): calm, Cell(name, NOON, 0, "loud", measure): loud}
    assert MemoryReportCounts(office.world).add(OURS, {}, cells)


def decide(office: Office, name: str) -> str:
    """As the schedule of all campaigns does."""
    ports = office.ports()
    launch = Launch(ports.runs, MemoryQueue())
    use = DecideWinner(ports.stores, reporting(ports), launch, office.clock)
    campaign = ports.campaigns.get(OURS, CampaignId(name))
    assert campaign is not None
    return use(campaign)


def test_it_is_shown_as_it_was_written_kept_through_changes_and_copied(office: Office) -> None:
    name = written(office)
    assert read(office, name)["winner"] == SHOWN
    path = f"/v1/campaigns/{name}"
    assert office.manage("PATCH", path, {"name": "Summer"}).json["winner"] == SHOWN
    changed = {**WINNER, "metric": "revenue", "after": "PT3H", "otherwise": "best"}
    assert office.manage("PATCH", path, {"winner": changed}).json["winner"] == changed
    assert office.manage("POST", f"{path}/duplicate").json["winner"] == changed
    assert office.manage("PATCH", path, {"winner": None}).json["winner"] is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        pytest.param({"winner": {"method": "test", "metric": "clicks"}}, "winner.test_percent", id="no part"),
        pytest.param({"winner": {**WINNER, "test_percent": 100}}, "winner.test_percent", id="nobody is left"),
        pytest.param({"winner": {**WINNER, "test_percent": 0}}, "winner.test_percent", id="nobody tries it"),
        pytest.param({"winner": {**WINNER, "after": "PT59M"}}, "winner.after", id="too soon"),
        pytest.param({"winner": {**WINNER, "after": "P8D"}}, "winner.after", id="too late"),
        pytest.param({"winner": {**WINNER, "metric": "shown"}}, "winner.metric", id="no metric"),
        pytest.param({"winner": {**WINNER, "otherwise": "loud"}}, "winner.otherwise", id="no way out"),
        pytest.param({"winner": {**WINNER, "x": 1}}, "winner.x", id="unknown"),
        pytest.param({"variants": None, "content": CONTENT}, "winner", id="nothing to choose from"),
        pytest.param({"schedule": {"cron": "0 18 ? * THU *"}}, "winner.method", id="comes again"),
        pytest.param({"schedule": {"at": LATER, "visitor_local": True}}, "winner.method", id="by visitors' clocks"),
        pytest.param({"schedule": {"at": LATER, "best_hour": True}}, "winner.method", id="at best hours"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_path(office: Office, changes: dict[str, Any], fault: str) -> None:
    body = {"name": "Sale", "variants": CALM_AND_LOUD, "winner": WINNER, **changes}
    answer = office.manage("POST", "/v1/campaigns", {key: one for key, one in body.items() if one is not None})
    assert (answer.status, [path for path, _ in answer.faults]) == (422, [fault])


def test_a_change_of_something_else_may_not_break_it(office: Office) -> None:
    path = f"/v1/campaigns/{written(office)}"
    answer = office.manage("PATCH", path, {"content": CONTENT})
    assert (answer.status, [where for where, _ in answer.faults]) == (422, ["winner"])
    assert office.manage("PATCH", path, {"content": CONTENT, "winner": None}).status == 200
    again = f"/v1/campaigns/{written(office)}/schedule"
    refused = office.manage("POST", again, {"cron": "0 18 ? * THU *"})
    assert (refused.status, [where for where, _ in refused.faults]) == (422, ["winner.method"])


def test_the_rest_must_have_time_before_the_campaign_ends(office: Office) -> None:
    name = written(office, ends_at=format_instant(NOON + DAY))
    answer = office.manage("POST", f"/v1/campaigns/{name}/send")
    assert (answer.status, [path for path, _ in answer.faults]) == (422, ["winner.after"])
    office.manage("PATCH", f"/v1/campaigns/{name}", {"ends_at": format_instant(NOON + DAY + HOUR)})
    assert office.manage("POST", f"/v1/campaigns/{name}/send").status == 202


def test_the_estimate_says_how_many_are_in_each_part(office: Office) -> None:
    for number in range(30):
        office.visit(f"v{number}", subscribed=True)
    answer = office.manage("POST", f"/v1/campaigns/{written(office)}/estimate")
    assert answer.json["winner"] == {"test": 6, "rest": 24}


def test_it_is_followed_from_the_test_to_the_rest(office: Office) -> None:
    name = written(office)
    begun = read(office, name, "/report")["winner"]
    assert (begun["state"], begun["message"]) == ("not_begun", "20 % get all variants; P1D later it is decided.")
    _, run = planned(office, name)
    assert read(office, name, "/progress")["winner"]["state"] == "testing"
    accepted(office, run, 1_000, 1_000)
    waits = read(office, name, "/progress")
    assert (waits["state"], waits["percent"], waits["planning_percent"]) == ("sending", 20, 20)
    assert (waits["winner"]["state"], waits["winner"]["decides_at"]) == ("waiting", format_instant(NOON + DAY))
    assert (waits["per_minute"], waits["eta"]) == (None, None)
    assert read(office, name)["status"] == "sending"
    count(office, name, "clicked", 50, 90)
    office.clock.now = NOON + DAY
    assert decide(office, name) == "winner_won"
    _, rest = (one.id for one in sorted(MemoryRuns(office.world).of_source(OURS, "campaign", name), key=_part))
    going = read(office, name, "/progress")
    assert (going["percent"], going["winner"]["winner"]) == (20, "loud")
    MemoryRunProgress(office.world).save_shard(OURS, rest, ShardProgress(0, planned=0, cursor=None, done=True))
    assert read(office, name, "/progress")["percent"] == 100
    assert read(office, name)["status"] == "sent"


def _part(run: Any) -> str:
    return str(run.part)


def test_the_report_says_what_was_decided_when_and_by_which_numbers(office: Office) -> None:
    name, run = planned(office, written(office))
    accepted(office, run, 1_000, 1_000)
    count(office, name, "clicked", 50, 90)
    office.clock.now = NOON + DAY
    decide(office, name)
    count(office, name, "clicked", 500, 0)
    told = read(office, name, "/report")["winner"]
    calm, loud = told.pop("variants")
    assert told == {
        "state": "decided",
        "metric": "clicks",
        "test_percent": 20,
        "decides_at": None,
        "decided_at": format_instant(NOON + DAY),
        "winner": "loud",
        "reason": "won",
        "message": "loud did better than each of the others. The rest gets loud.",
        "sends": ["loud"],
    }
    assert (calm["variant"], calm["recipients"], calm["successes"], calm["rate"]) == ("calm", 1_000, 50, 0.05)
    assert (loud["variant"], loud["recipients"], loud["successes"], loud["rate"]) == ("loud", 1_000, 90, 0.09)
    assert calm["low"] < 0.05 < calm["high"] < loud["rate"]
    assert calm["p"] == loud["p"] == pytest.approx(0.00046, abs=1e-4)


def test_whoever_explains_it_names_the_variant_that_the_rest_gets(office: Office) -> None:
    name, run = planned(office, written(office))
    accepted(office, run, 1_000, 1_000)
    count(office, name, "clicked", 50, 90)
    office.clock.now = NOON + DAY
    decide(office, name)
    assert decide(office, name) == "winner_launched", "its messages are not there yet"
    of_rest = next(one for one in map(str, range(99)) if Phase(20, rest=True).takes(OURS, name, VisitorId(one)))
    office.visit(of_rest, subscribed=True)
    stored = office.world.campaigns[OURS, CampaignId(name)]
    made = next(one.decision for one in office.world.runs.values() if one.decision is not None)
    office.world.campaigns[OURS, stored.id] = replace(stored, decision=made)
    explained = office.manage("GET", f"/v1/visitors/{of_rest}/explain", query={"campaign": name}).json
    assert explained["now"]["variant"] == "loud"


@pytest.mark.parametrize(
    ("otherwise", "counted", "message"),
    [
        pytest.param(
            "keep_split",
            {"clicked": (17, 20)},
            "Not enough data: 37 clicks, 100 wanted. The rest gets all variants, each its share.",
            id="too little",
        ),
        pytest.param(
            "best",
            {"clicked": (60, 70)},
            "No variant did better than each of the others by more than chance. The rest gets loud.",
            id="no difference",
        ),
        pytest.param(
            "stop",
            {"clicked": (50, 90), "unsubscribed": (1, 15)},
            "loud did best, but more people left after it than after the others, by more than chance. "
            "The rest gets nothing.",
            id="people leave",
        ),
    ],
)
def test_the_report_says_why_there_is_no_winner(
    office: Office, otherwise: str, counted: dict[str, tuple[int, int]], message: str
) -> None:
    name, run = planned(office, written(office, winner={**WINNER, "otherwise": otherwise}))
    accepted(office, run, 1_000, 1_000)
    for measure, numbers in counted.items():
        count(office, name, measure, *numbers)
    office.clock.now = NOON + DAY
    decide(office, name)
    told = read(office, name, "/report")["winner"]
    assert (told["winner"], told["message"]) == (None, message)
    given_up = read(office, name, "/progress")["given_up"]
    assert [one["reason"] for one in given_up] == (["no_winner"] if otherwise == "stop" else [])


def test_orders_and_revenue_are_what_reports_count(office: Office) -> None:
    name, run = planned(office, written(office, winner={**WINNER, "metric": "revenue"}))
    accepted(office, run, 1_000, 1_000)
    currency = office.world.stores[OURS].currency
    count(office, name, "buyers", 60, 60)
    count(office, name, f"revenue:{currency}", 60 * 1_000, 60 * 3_000)
    count(office, name, f"squares:{currency}", 60 * 1_000**2, 60 * 3_000**2)
    office.clock.now = NOON + DAY
    decide(office, name)
    told = read(office, name, "/report")["winner"]
    assert (told["winner"], [one["rate"] for one in told["variants"]]) == ("loud", [60.0, 180.0])
    assert [one["successes"] for one in told["variants"]] == [60, 60]


def test_what_is_cancelled_while_it_waits_says_so_and_decides_nothing(office: Office) -> None:
    name, run = planned(office, written(office))
    accepted(office, run, 10, 10)
    assert office.manage("POST", f"/v1/campaigns/{name}/pause").json["status"] == "paused"
    assert read(office, name, "/progress")["state"] == "paused"
    assert office.manage("POST", f"/v1/campaigns/{name}/resume").json["status"] == "sending"
    assert office.manage("POST", f"/v1/campaigns/{name}/cancel").json["status"] == "cancelled"
    assert [one for one in office.ports().campaigns.scheduled() if one[0] == OURS] == []
    for where in ("/progress", "/report"):
        told = read(office, name, where)["winner"]
        assert (told["state"], told["decides_at"]) == ("cancelled", None)
        assert told["message"] == "It was cancelled before a winner was decided. The rest gets nothing."
