"""The examples of docs/campaigns.md are taken as they stand."""

import json
import re
from pathlib import Path
from typing import Final

from shopbell.domain.incoming.campaigns import CampaignIn
from shopbell.domain.incoming.faults import validated
from shopbell.domain.incoming.schedules import CampaignScheduleIn
from shopbell.runtime.http.campaign_answers import ApprovalOut

PAGE: Final = (Path(__file__).parents[3] / "docs" / "campaigns.md").read_text()
EXAMPLES: Final = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]


def test_the_campaign_is_one() -> None:
    given = validated(CampaignIn, EXAMPLES[0])
    assert given.products is not None
    assert given.products.selection.algorithm == "new_arrivals"
    assert given.schedule is not None
    assert given.schedule.value.time_zone == "Europe/Berlin"
    assert given.delivery.max_per_user is not None


def test_what_waits_for_a_second_person_looks_as_it_is_shown() -> None:
    (shown,) = (one["approval"] for one in EXAMPLES if "approval" in one)
    assert ApprovalOut(**shown).model_dump() == shown


def test_a_search_for_the_winner_is_one() -> None:
    test, learned = (one for one in EXAMPLES if "winner" in one)
    for shown in (test, learned):
        given = validated(CampaignIn, {"name": "Boots", **shown})
        assert given.winner is not None
        assert given.winner.model_dump(exclude_none=True) == shown["winner"]


def test_every_schedule_is_one() -> None:
    found = [json.loads(text) for text in re.findall(r"^\| `(\{.*?\})` \|", PAGE, re.MULTILINE)]
    assert len(found) == 4
    for body in found:
        assert validated(CampaignScheduleIn, body).is_said
