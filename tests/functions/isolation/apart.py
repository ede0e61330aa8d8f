"""Whose each row of a world is, and worlds put back to what they were."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.ids import StoreId

from tests.functions.http.world import OURS, THEIRS

NO_TABLES: Final = frozenset({"lock", "default_shards"})
Tables = Mapping[str, Any]
Belongings = dict[str, list[tuple[object, object]]]
"""Of each table its rows, with their keys."""


def tables(world: MemoryWorld) -> dict[str, Any]:
    """All that there is, by the names of the tables."""
    return {field.name: getattr(world, field.name) for field in fields(world) if field.name not in NO_TABLES}


def kept(world: MemoryWorld) -> Tables:
    """What is in them now, whatever becomes of them."""
    return {name: _copied(table) for name, table in tables(world).items()}


def put_back(world: MemoryWorld, were: Tables) -> None:
    """The same tables, with what was in them when they were kept."""
    for name, rows in were.items():
        table = getattr(world, name)
        table.clear()
        if isinstance(table, list):
            table.extend(rows)
        else:
            table.update(_copied(rows))


def owner(key: object, row: object) -> StoreId | None:
    """The store that a row's key names first, else the row; None: it names none."""
    return _named(key) or _named(row)


def every(world: MemoryWorld) -> Iterator[tuple[str, object, object]]:
    """(table, key, row) of all there is."""
    for name, table in tables(world).items():
        if name == "candidates":
            yield from (
                (name, (scenario, *key), row) for scenario, those in table.items() for key, row in those.items()
            )
        elif isinstance(table, dict):
            yield from ((name, key, row) for key, row in table.items())
        else:
            yield from ((name, None, row) for row in table)


def sorted_out(world: MemoryWorld) -> dict[StoreId | None, Belongings]:
    """All there is, by store; under None what names no store."""
    found: dict[StoreId | None, Belongings] = {OURS: {}, THEIRS: {}, None: {}}
    for name, key, row in every(world):
        found[owner(key, row)].setdefault(name, []).append((key, _copied(row)))
    return found


def letters(value: object) -> str:
    """All of a value letter by letter, but for what it remembers of its own accord (`_memo` and such)."""
    match value:
        case dict():
            return "{" + ",".join(f"{letters(key)}:{letters(inside)}" for key, inside in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(letters(inside) for inside in value) + "]"
        case _ if is_dataclass(value):
            shown = (one.name for one in fields(value) if not one.name.startswith("_"))
            return type(value).__name__ + "".join(f"({name}={letters(getattr(value, name))})" for name in shown)
        case _:
            return repr(value)


def without(world: MemoryWorld, store: StoreId) -> Tables:
    """The tables as they would be if that store had never been."""
    left: dict[str, Any] = {}
    for name, table in kept(world).items():
        if name == "candidates":
            left[name] = {
                one: {key: row for key, row in those.items() if _named(key) != store} for one, those in table.items()
            }
        elif isinstance(table, dict):
            left[name] = {key: row for key, row in table.items() if owner(key, row) != store}
        else:
            left[name] = [row for row in table if owner(None, row) != store]
    return left


def _named(thing: object) -> StoreId | None:
    match thing:
        case str():
            parts: tuple[object, ...] = tuple(thing.split("/"))
        case tuple():
            parts = thing
        case _:
            parts = (getattr(thing, "store", None),)
    return next((store for part in parts for store in (OURS, THEIRS) if part == store), None)


def _copied(value: Any) -> Any:
    """The containers anew; what lies in them is frozen."""
    if type(value) is dict:
        return {key: _copied(inside) for key, inside in value.items()}
    return value.copy() if isinstance(value, dict | list | set) else value
