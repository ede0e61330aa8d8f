"""The oracle's own reading of conditions: plain loops over plain JSON, sharing nothing with the engine."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from shopbell.domain.events import Event, Json, ProductFacts

Node = Mapping[str, Json]
NEGATIVE = {"ne": "eq", "not_in": "in", "not_exists": "exists"}
MONEY = re.compile(r"(^|\.)(total|amount|price|list_price)$")


@dataclass(frozen=True)
class Home:
    """Zone and currency of the store."""

    zone: str = "UTC"
    currency: str | None = None


def rows(value: Json) -> list[Node]:
    assert isinstance(value, Sequence)
    return [row for row in value if isinstance(row, Mapping)]


def satisfies(event: Event, where: Sequence[Node], home: Home) -> bool:
    if foreign_money(event, where, home):
        return False
    plain = [row for row in where if not of_line(row)]
    lined = [row for row in where if of_line(row)]
    if not all(decide(row, read(event, str(row["field"]), home)) for row in plain):
        return False
    lines = lines_of(event)
    if len(lined) == 1:
        values = [value for line in lines for value in read_line(event, line, lined[0])]
        return decide(lined[0], values)
    if lined and not lines:
        return all(row["op"] in NEGATIVE for row in lined)
    return not lined or any(all(decide(row, read_line(event, line, row)) for row in lined) for line in lines)


def foreign_money(event: Event, where: Sequence[Node], home: Home) -> bool:
    fields = {str(row["field"]) for row in where}
    asked = any(MONEY.search(name) for name in fields - {"product.price"}) and "currency" not in fields
    return asked and home.currency is not None and event.properties.get("currency") not in (None, home.currency)


def of_line(row: Node) -> bool:
    return str(row["field"]).split(".")[0] in {"items", "product"} and "." in str(row["field"])


def lines_of(event: Event) -> list[Node]:
    items = event.properties.get("items")
    return rows(items) if isinstance(items, list | tuple) else [event.properties]


def read_line(event: Event, line: Node, row: Node) -> list[Json]:
    kind, _, name = str(row["field"]).partition(".")
    if kind == "items":
        return list(dig(line, name.split("."))) if line is not event.properties else []
    product = line.get("product_id")
    facts: ProductFacts | None = next((f for key, f in event.products.items() if key == product), None)
    if facts is None:
        return []
    known: Mapping[str, list[Json]] = {
        "category": list(facts.categories),
        "brand": [facts.brand],
        "price": [facts.price],
        "in_stock": [facts.in_stock],
    }
    return [value for value in known.get(name, []) if value is not None]


def read(event: Event, name: str, home: Home) -> list[Json]:
    if name in {"trusted", "discounted"}:
        return [event.trusted if name == "trusted" else event.discounted]
    if name in {"at.hour", "at.weekday", "at.month"}:
        local = datetime.fromtimestamp(event.at // 1_000, UTC)
        if event.utc_offset is None:
            local = local.astimezone(ZoneInfo(home.zone))
        else:
            local = local.astimezone(timezone(timedelta(minutes=event.utc_offset)))
        parts = {"at.hour": local.hour, "at.weekday": local.weekday() + 1, "at.month": local.month}
        return [parts[name]]
    return list(dig(event.properties, name.split(".")))


def dig(value: Json, steps: Sequence[str]) -> Iterator[Json]:
    if isinstance(value, list | tuple):
        for each in value:
            if steps or each is not None:
                yield from dig(each, steps) if steps else [each]
    elif not steps:
        if value is not None:
            yield value
    elif isinstance(value, Mapping):
        yield from dig(value.get(steps[0]), steps[1:])


def decide(row: Node, values: Sequence[Json]) -> bool:
    op, wanted = str(row["op"]), row.get("value")
    if op in NEGATIVE:
        return not any(holds(NEGATIVE[op], value, wanted) for value in values)
    return any(holds(op, value, wanted) for value in values)


def holds(op: str, value: Json, wanted: Json) -> bool:
    if op == "eq":
        return alike(value, wanted) and value == wanted
    if op == "in":
        return any(alike(value, each) and value == each for each in _list(wanted))
    if op == "between":
        low, high = _list(wanted)
        return ordered("gte", value, low) and ordered("lte", value, high)
    if op in {"gt", "gte", "lt", "lte"}:
        return ordered(op, value, wanted)
    return op == "exists" or textual(op, value, wanted)


def textual(op: str, value: Json, wanted: Json) -> bool:
    if not isinstance(value, str) or not isinstance(wanted, str):
        return False
    return {
        "under": value.split("/")[: wanted.count("/") + 1] == wanted.split("/"),
        "contains": wanted in value,
        "starts_with": value[: len(wanted)] == wanted,
        "ends_with": value[-len(wanted) :] == wanted,
        "matches": op == "matches" and re.search(wanted, value) is not None,
    }[op]


def ordered(op: str, value: Json, wanted: Json) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        return False
    if isinstance(value, str) and isinstance(wanted, str):
        return compared(op, [value, wanted].index(min(value, wanted)), value == wanted)
    if isinstance(value, int | float) and isinstance(wanted, int | float):
        return compared(op, [value, wanted].index(min(value, wanted)), value == wanted)
    return False


def compared(op: str, smaller: int, equal: bool) -> bool:
    """`smaller`: 0 if the field's value is the smaller of the two, or equal."""
    if equal:
        return op in {"gte", "lte"}
    return op in ({"lt", "lte"} if smaller == 0 else {"gt", "gte"})


def alike(value: Json, wanted: Json) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        return isinstance(value, bool) and isinstance(wanted, bool)
    return isinstance(value, str) == isinstance(wanted, str)


def _list(value: Json) -> list[Json]:
    assert isinstance(value, list | tuple)
    return list(value)
