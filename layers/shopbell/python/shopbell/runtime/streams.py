"""DynamoDB stream events, read into domain values; a record that cannot be read is named, never dropped."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.event_items import decode, is_item
from shopbell.adapters.dynamo.memberships import is_line, line, member
from shopbell.adapters.dynamo.stockroom import change
from shopbell.app.catalogue.news import NoteNews
from shopbell.app.demand import Record as Seen
from shopbell.app.evaluate import Evaluate
from shopbell.app.poison import NEVER, Unreadable, reason
from shopbell.app.tallying import Count, Tally, member_change, prompts, turned
from shopbell.domain.events import EventItem
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.membership import LogLine
from shopbell.domain.versions import Change
from shopbell.runtime.observability import Report

SOURCE: Final = "aws:dynamodb"
Record = Mapping[str, Any]
Line = tuple[StoreId, LogLine]
Answer = dict[str, list[dict[str, str]]]


def is_stream(event: Mapping[str, Any]) -> bool:
    """All records of an invocation come from one mapping."""
    records = event.get("Records") or [{}]
    return bool(records[0].get("eventSource") == SOURCE)


def evaluate(event: Mapping[str, Any], run: Evaluate, report: Report) -> Answer:
    """Only what may pass later fails: from the first such record on, the batch comes again."""
    records: Sequence[Record] = event["Records"]
    done = run([item(record) for record in records])
    report.count({"records": len(records), **done.counts})
    if done.failed is None:
        return {"batchItemFailures": []}
    sequence = _sequence(records[done.failed])
    report.say("the rest of the batch comes again", failed=len(records) - done.failed, item=sequence)
    return {"batchItemFailures": [{"itemIdentifier": sequence}]}


def tally(event: Mapping[str, Any], run: Tally, report: Report) -> Answer:
    """Raises Unavailable: the whole batch comes again, and what of it was counted is left out (`app.tallying`)."""
    records: Sequence[Record] = event["Records"]
    counts: list[Count] = []
    told, lines = list[Seen](), list[Line]()
    unreadable = 0
    for record in records:
        try:
            counts += _counts(record, run.zone, told, lines)
        except NEVER as exc:
            unreadable += 1
            report.fault("a record cannot be read", exc, item=_sequence(record))
    living = run.living(one.item for one in told)
    seen = [one for one in told if living(one.item)]
    for one in seen:
        try:
            counts += _happened(one, run.zone)
        except NEVER as exc:
            unreadable += 1
            report.fault("a record cannot be read", exc, item=one.sequence)
    done = run(counts)
    demand = run.demand(seen) if run.demand else {}
    coupons = run.redeem(one.item for one in seen) if run.redeem else {}
    reports = run.reports(one.item for one in seen) if run.reports else {}
    hooks = run.webhooks(lines) if run.webhooks else {}
    ends = {**done.counts, **demand, **coupons, **reports, **hooks}
    report.count({"records": len(records), "unreadable": unreadable, **ends})
    return {"batchItemFailures": []}


def news(event: Mapping[str, Any], run: NoteNews, report: Report) -> Answer:
    """Products that changed. Raises Unavailable: the batch comes again, and what was noted moves nothing twice."""
    records: Sequence[Record] = event["Records"]
    changes: list[tuple[StoreId, Change]] = []
    unreadable = 0
    for record in records:
        try:
            changes.append(change(record["dynamodb"]))
        except NEVER as exc:
            unreadable += 1
            report.fault("a record cannot be read", exc, item=_sequence(record))
    report.count({"records": len(records), "unreadable": unreadable, **run(changes)})
    return {"batchItemFailures": []}


def item(record: Record) -> EventItem | Unreadable:
    """What was appended to a visitor's log."""
    try:
        return decode(record["dynamodb"]["NewImage"])
    except NEVER as exc:
        at = record["dynamodb"]["Keys"]
        store, _, visitor = str(at[keys.PK]["S"]).partition("#")
        return Unreadable(StoreId(store), VisitorId(visitor), str(at[keys.SK]["S"]), reason(exc))


def _counts(record: Record, zone: Callable[[StoreId], str], seen: list[Seen], lines: list[Line]) -> Sequence[Count]:
    """What it adds to segments; an item of events goes to `seen`, a segment's line to `lines`."""
    change, source = record["dynamodb"], str(record["dynamodb"]["Keys"][keys.PK]["S"])
    image = change.get("NewImage", {})
    if is_item(image):
        seen.append(Seen(decode(image), source, _sequence(record)))
        return ()
    if is_line(image):
        return _turned(source, _sequence(record), image, zone, lines)
    store, segment, shard = keys.members_of(source)
    before, after = (_reachable(change.get(name)) for name in ("OldImage", "NewImage"))
    count = member_change(store, segment, shard, _sequence(record), before, after)
    return () if count is None else (count,)


def _happened(seen: Seen, zone: Callable[[StoreId], str]) -> Sequence[Count]:
    """What events add to the prompt's days."""
    return prompts(seen.item, seen.source, seen.sequence, zone)


def _turned(
    source: str, sequence: str, image: Mapping[str, Any], zone: Callable[[StoreId], str], lines: list[Line]
) -> Sequence[Count]:
    """Lines of a segment; what joined two visitors is no segment's."""
    if not keys.is_segments(source):
        return ()
    store, _, shard = keys.members_of(source)
    read = line(image)
    lines.append((store, read))
    return (turned(store, shard, sequence, read.flip, zone(store)),)


def _reachable(image: Mapping[str, Any] | None) -> bool | None:
    """None: no member there."""
    return None if not image else member(image).reachable


def _sequence(record: Record) -> str:
    return str(record["dynamodb"]["SequenceNumber"])
