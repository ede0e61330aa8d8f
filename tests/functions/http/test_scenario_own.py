"""A scenario tells what is the store's own of it; saved again, it goes on where a refused key has stopped it."""

import pytest
from shopbell.adapters.memory.runs import MemoryRuns
from shopbell.domain.clock import DAY
from shopbell.local.client.scenariobody import body_of

from tests.contract.samples import run
from tests.functions.http.office import Office
from tests.functions.http.world import NOON, OURS

WORDS = {"title": "Come back", "body": "We miss you.", "url": "https://shop.example/"}


def test_what_was_never_set_is_as_shipped(office: Office) -> None:
    read = office.manage("GET", "/v1/scenarios/we_missed_you").json
    assert read["own_parameters"] == []
    assert not any(read["own_content"])
    assert not {"content", "variants"} & {name for step in body_of(read)["steps"] for name in step}


def test_what_was_set_is_told_and_switching_off_keeps_just_that(office: Office) -> None:
    given = {"enabled": True, "parameters": {"n_days": 40}, "steps": [{"content": WORDS}]}
    read = office.manage("PUT", "/v1/scenarios/we_missed_you", given).json
    assert read["own_parameters"] == ["n_days"]
    assert read["own_content"] == [True, False]
    off = office.manage("PUT", "/v1/scenarios/we_missed_you", {**body_of(read), "enabled": False}).json
    same = ("parameters", "own_parameters", "steps", "audience")
    assert [off[name] for name in same] == [read[name] for name in same]
    assert (read["enabled"], off["enabled"]) == (True, False)


def test_a_single_message_s_words_are_its_own_only_where_the_store_wrote_them(office: Office) -> None:
    shipped = office.manage("GET", "/v1/scenarios/birthday").json
    assert not {"content", "variants"} & body_of(shipped).keys()
    own = office.manage("PUT", "/v1/scenarios/birthday", {"enabled": False, "content": WORDS}).json
    assert body_of(own)["content"]["title"] == "Come back"


def test_the_prompt_tells_what_is_its_own_and_switching_off_keeps_it(office: Office) -> None:
    given = {"enabled": True, "parameters": {"title": "Hello", "never_on": []}}
    read = office.manage("PUT", "/v1/scenarios/permission_prompt", given).json
    assert read["own_parameters"] == ["never_on", "title"]
    assert body_of(read)["parameters"] == given["parameters"]


@pytest.mark.parametrize(("enabled", "state"), [(True, "sending"), (False, "paused")])
def test_a_run_that_a_refused_key_has_stopped_goes_on_when_its_scenario_is_saved_again(
    office: Office, enabled: bool, state: str
) -> None:
    runs = MemoryRuns(office.world)
    stopped = run(OURS, "r1", scheduled_at=NOON, source="scenario", source_id="birthday", ends_at=NOON + DAY)
    assert runs.create(stopped)
    runs.set_state(OURS, stopped.id, "paused")
    office.manage("PUT", "/v1/scenarios/birthday", {"enabled": enabled})
    found = runs.get(OURS, stopped.id)
    assert found is not None
    assert found.state == state
