"""Whatever somebody edits: a plan without conflicts is carried out and leaves nothing to do."""

from random import Random
from typing import Any, Final

import pytest
from shopbell.local.client.config.files import dump, load

from tests.functions.command.counter import Counter
from tests.functions.command.shop import applied, exported
from tests.functions.command.test_config_conflicts import PRUNED, unforeseen

SECTIONS: Final = ("segments", "triggers", "campaigns", "coupon_pools", "webhooks", "product_lists", "scenarios")
EDITS: Final = {
    "drop": "",
    "segment": "segments",
    "rule": "segments",
    "rename": "segments",
    "campaign": "campaigns",
    "audience": "campaigns",
    "trigger": "triggers",
    "scenario": "scenarios",
    "webhook": "webhooks",
}
"""The section that each is of; "": any."""
STATES: Final = {"segment": ("draft", "active", "paused"), "campaign": ("draft", "scheduled", "paused")}
SEEDS: Final = range(60)
TRIED: Final = frozenset({105, 133, 153, 179})
"""A few of them each time, among them those that once broke off; all of them with the long tests."""


def tried(seeds: range) -> list[Any]:
    first = seeds[:6]
    return [one if one in first or one in TRIED else pytest.param(one, marks=pytest.mark.long) for one in seeds]


@pytest.mark.parametrize("seed", tried(SEEDS))
def test_a_plan_without_conflicts_is_carried_out_and_one_with_them_would_not_be(
    shop: Counter, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = Random(seed)  # noqa: S311 - a test's
    told = load(exported(shop)).value
    for section in SECTIONS:
        for name in sorted(told[section]):
            if chance.random() < 0.4:
                del told[section][name]
            elif section == "segments" and told[section][name].get("state") == "active" and chance.random() < 0.3:
                told[section][name]["state"] = "paused"
    judged(monkeypatch, shop, shop.file("less.yaml", dump(told)), PRUNED)


@pytest.mark.parametrize("seed", tried(range(100, 260)))
def test_so_is_a_plan_of_edits_by_chance(shop: Counter, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a test's
    told = load(exported(shop)).value
    for _ in range(chance.randrange(1, 4)):
        edit(chance, told, chance.choice(list(EDITS)))
    judged(monkeypatch, shop, shop.file("edited.yaml", dump(told)), *((PRUNED,) if chance.random() < 0.5 else ()))


def judged(monkeypatch: pytest.MonkeyPatch, shop: Counter, file: str, *more: str) -> None:
    status = shop.run("config", "plan", file, *more)
    if "to correct in the file" in shop.warned:
        return
    said = shop.told
    if status == 1:
        assert not unforeseen(monkeypatch, shop, file, *more), said
    else:
        applied(shop, file, *more)


def edit(chance: Random, told: Any, what: str) -> None:
    """One edit in place; none where nothing is left that could be edited so."""
    section = EDITS[what] or chance.choice(SECTIONS)
    if not told["segments"] or not told[section]:
        return
    things, name, segment = told[section], chance.choice(list(told[section])), chance.choice(list(told["segments"]))
    if what == "drop":
        del things[name]
    elif what == "rename":
        things[f"{name} new"] = things.pop(name)
    else:
        things[name] |= _fields(chance, what, segment)


def _fields(chance: Random, what: str, segment: str) -> dict[str, Any]:
    match what:
        case "audience":
            sides = {"include": [segment]}, {"exclude": [segment]}, {"rule": {"in_segment": segment}}
            return {"audience": chance.choice(sides)}
        case "rule":
            rules = {"event": "search"}, {"in_segment": segment}, {"not": {"in_segment": segment}}
            return {"rule": chance.choice(rules)}
        case "webhook":
            return {"segments": [segment], "events": ["segment.entered"]}
        case "trigger" | "scenario":
            return {"enabled": chance.random() < 0.5}
        case _:
            return {"state": chance.choice(STATES[what])}
