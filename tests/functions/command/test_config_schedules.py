"""What `config apply` does to campaigns on their schedule: an edit that fails leaves them there."""

from typing import Any, Final

import pytest

from tests.functions.command.counter import Counter, served
from tests.functions.command.shop import applied
from tests.functions.http.office import Office
from tests.functions.http.world import Answered

THURSDAYS: Final = "schedule: {cron: '0 19 ? * THU *', visitor_local: true}"


class Failing(Office):
    """A campaign's edits are answered with 500; with `both` so is putting it back."""

    both = False
    failed = False

    def manage(self, method: str, path: str, body: Any = None, **how: Any) -> Answered:
        edits = method == "PATCH" and path.startswith("/v1/campaigns/")
        self.failed |= edits
        if edits or (self.failed and self.both and path.endswith("/schedule")):
            return Answered(500, {}, '{"title": "Down", "status": 500}')
        return super().manage(method, path, body, **how)


def campaign(title: str, *more: str) -> str:
    """A file with one campaign."""
    fields = [f"content: {{title: {title}, body: b, url: /}}", *more]
    return f"shopbell: 1\ncampaigns: {{X: {{{', '.join(fields)}}}}}\n"


def apply(counter: Counter, text: str) -> int:
    return counter.run("config", "apply", counter.file("store.yaml", text), "--yes")


def stored(counter: Counter) -> dict[str, Any]:
    [one] = counter.office.manage("GET", "/v1/campaigns").json["items"]
    return dict(one)


@pytest.mark.parametrize("state", ["scheduled", "paused"])
def test_an_edit_that_is_refused_leaves_a_campaign_on_its_schedule(counter: Counter, state: str) -> None:
    assert apply(counter, campaign("a", THURSDAYS, f"state: {state}")) == 0
    before = stored(counter)
    assert apply(counter, campaign("'{{ visitor'", THURSDAYS, f"state: {state}")) == 1
    assert "content.title is no Liquid template" in counter.warned
    assert f"the campaign is {state} as before" in counter.warned
    after = stored(counter)
    assert (after["status"], after["content"]["title"]) == (state, "a")
    assert (after["next_run_at"], after["schedule"]) == (before["next_run_at"], before["schedule"])
    applied(counter, counter.file("store.yaml", campaign("c", THURSDAYS, f"state: {state}")))


@pytest.mark.parametrize(
    ("both", "status", "says"),
    [
        (False, "scheduled", "the campaign is scheduled as before"),
        (True, "draft", "could not be put back: 500: Down"),
    ],
    ids=["put back", "not put back"],
)
def test_an_edit_that_fails_says_how_it_leaves_the_campaign(
    counter: Counter, both: bool, status: str, says: str
) -> None:
    assert apply(counter, campaign("a", THURSDAYS, "state: scheduled")) == 0
    office = Failing(world=counter.office.world)
    office.both = both
    with served(office) as url:
        counter.at(url)
        assert apply(counter, campaign("b", THURSDAYS, "state: scheduled")) == 1
    assert says in counter.warned
    assert stored(counter)["status"] == status


def test_whoever_says_yes_agrees_to_the_number_that_the_store_asks_for(counter: Counter) -> None:
    for number in range(5):
        counter.office.visit(f"v{number}", subscribed=True)
    assert counter.office.manage("PATCH", "/v1/store", {"approve_over": 3}).status == 200
    for title in "ab":
        text = campaign(title, THURSDAYS, "state: scheduled")
        assert apply(counter, text) == 0, counter.warned
        assert "campaign X reaches 5 people" in counter.warned
        assert stored(counter)["status"] == "scheduled"


def test_a_campaign_that_waits_for_a_second_person_is_told(counter: Counter) -> None:
    counter.office.visit("v1", subscribed=True)
    settings = {"approve_over": 0, "approval": "second_person"}
    assert counter.office.manage("PATCH", "/v1/store", settings).status == 200
    assert apply(counter, campaign("a", THURSDAYS, "state: scheduled")) == 1
    assert "campaign X waits for a second person" in counter.warned
    assert stored(counter)["approval"]["recipients"] == 1


def test_a_plain_schedule_that_is_refused_for_its_size_names_the_option(counter: Counter) -> None:
    counter.office.visit("v1", subscribed=True)
    assert counter.office.manage("PATCH", "/v1/store", {"approve_over": 0}).status == 200
    made = counter.office.campaign()
    assert counter.run("campaigns", "send", made, "--yes") == 1
    assert "--expected-audience" in counter.warned


@pytest.mark.parametrize("state", ["scheduled", "paused"])
def test_a_campaign_whose_schedule_is_taken_out_becomes_a_draft(counter: Counter, state: str) -> None:
    assert apply(counter, campaign("a", THURSDAYS, f"state: {state}")) == 0
    told = applied(counter, counter.file("store.yaml", campaign("a")))
    assert f'state: "{state}" -> "draft"' in told
    assert (stored(counter)["status"], stored(counter)["schedule"]) == ("draft", None)
