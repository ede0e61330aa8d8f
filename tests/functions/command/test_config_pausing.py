"""What is to be paused is live for a moment: what it names then is live too, or the plan says so."""

from collections.abc import Mapping
from typing import Any, Final

import pytest
from shopbell.local.client.config.files import dump, load

from tests.functions.command.counter import Counter
from tests.functions.command.shop import OFTEN, WORDS, applied, exported
from tests.functions.command.test_config_conflicts import unforeseen

SEGMENT: Final = {"rule": OFTEN}
CAMPAIGN: Final = {"content": WORDS, "schedule": {"cron": "0 18 ? * THU *"}, "state": "paused"}
INNER: Final = {"rule": {"in_segment": "Only"}}


def campaign(audience: Mapping[str, Any]) -> dict[str, Any]:
    return {**CAMPAIGN, "audience": audience}


def stated(shop: Counter, segment: str, audience: Mapping[str, Any] | None) -> str:
    """A file that says of the segment that it is so, and of the campaign for whom it is."""
    told = load(exported(shop)).value
    told["segments"]["Only"] = {**SEGMENT, "state": segment}
    if audience is not None:
        told["campaigns"]["Some day"] = campaign(audience)
    return shop.file("stated.yaml", dump(told))


@pytest.mark.parametrize("audience", [{"include": ["Only"]}, {"exclude": ["Only"]}])
@pytest.mark.parametrize("before", [None, "draft", "active"])
def test_what_a_paused_campaign_only_sends_to_may_be_paused_with_it(
    shop: Counter, before: str | None, audience: Mapping[str, Any]
) -> None:
    if before is not None:
        applied(shop, stated(shop, before, None))
    applied(shop, stated(shop, "paused", audience))


@pytest.mark.parametrize("before", [None, "draft", "active"])
def test_what_the_rule_of_a_paused_campaign_names_goes_on(
    shop: Counter, monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    if before is not None:
        applied(shop, stated(shop, before, None))
    file = stated(shop, "paused", INNER)
    assert shop.run("config", "plan", file) == 1
    says = "! campaign Some day: it names the segment Only, which will be paused and must be active for it"
    assert says in shop.told
    assert not unforeseen(monkeypatch, shop, file), "it was no conflict"


@pytest.mark.parametrize("edit", [{"holdout_percent": 7}, {"state": "paused"}])
def test_a_paused_campaign_that_changes_holds_what_its_rule_names(
    shop: Counter, monkeypatch: pytest.MonkeyPatch, edit: Mapping[str, Any]
) -> None:
    told = load(stated(shop, "active", INNER)).value
    told["campaigns"]["Some day"]["state"] = "scheduled" if "state" in edit else "paused"
    applied(shop, shop.file("before.yaml", dump(told)))
    told["campaigns"]["Some day"] |= edit
    told["segments"]["Only"]["state"] = "paused"
    file = shop.file("after.yaml", dump(told))
    assert shop.run("config", "plan", file) == 1
    assert "! segment Only: Some day (" in shop.told
    assert not unforeseen(monkeypatch, shop, file), "it was no conflict"
