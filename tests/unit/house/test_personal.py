"""Nothing can hold a person without an export and an erasure knowing of it."""

import importlib
import inspect
import pkgutil
import re
from typing import get_type_hints

import pytest
from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.client import dynamo_client
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.personal.place import Tables
from shopbell.adapters.dynamo.personal.registry import HOLDS, HOLDS_NOBODY, places
from shopbell.domain.ids import VisitorId
from shopbell.domain.watchers import Watcher

MODULES = [
    keys,
    *(importlib.import_module(f"{keys.__name__}.{one.name}") for one in pkgutil.iter_modules(keys.__path__)),
]
PARTITION = re.compile(r"<store>(#(<[^>]*>|\([^)]*\)|\w+))*|(cand|due|scen)#\S+|stores|<store>#K#\S+")
KNOWN = {
    "alias",
    "aliases",
    "candidate",
    "candidate_shard",
    "dispatch",
    "dispatch_shard",
    "due",
    "due_shard",
    "events",
    "holder",
    "last",
    "list_member",
    "log",
    "merged_log",
    "merged_walk",
    "person",
    "message",
    "profile",
    "sends",
    "stone",
    "subscription",
    "visitor",
    "walk",
    "watcher",
}
"""Functions of `keys` that spell a person into a key: each belongs to a place of the registry, or to the stone."""


def written(module: object) -> set[str]:
    """Partitions in the map of a module's docstring: the first column of a row, or the second behind a table."""
    rows = (line.split() for line in (getattr(module, "__doc__", "") or "").splitlines())
    found = (next((word for word in row[:4] if PARTITION.fullmatch(f"{word}")), None) for row in rows if len(row) > 1)
    return {one for one in found if one is not None}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_partition_is_known_to_hold_people_or_not_to(module: object) -> None:
    known = {one.split()[0] for one in (*HOLDS, *HOLDS_NOBODY)}
    assert written(module) <= known, "say in adapters/dynamo/personal/registry.py what of a person lies there"


def test_the_map_is_read() -> None:
    assert {"<store>#D#<visitor>", "<store>#T#AT#<visitor>", "cand#<scenario>#<00..15>"} <= written(keys)
    assert "<store>#H#<visitor>" in {one for module in MODULES for one in written(module)}


def test_every_key_that_names_a_person_is_accounted_for() -> None:
    found = {
        name
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__.startswith(keys.__name__)
        and {VisitorId, Watcher} & {hint for place, hint in get_type_hints(function).items() if place != "return"}
    }
    assert found == KNOWN, "a new one needs a place in adapters/dynamo/personal/registry.py"


def test_every_place_of_the_map_is_there() -> None:
    tables = Tables("events", "visitors", "members", "log", "config", "runs", "watch", lambda _: 1)
    there = {place.name for place in places(Dynamo(dynamo_client(region_name="eu-central-1")), tables, lambda: 0)}
    assert set(HOLDS.values()) <= there
