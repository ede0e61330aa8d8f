"""The function `tally`: sizes of segments and receipts of runs from two streams."""

import pytest
from shopbell.adapters.dynamo import keys
from shopbell.app.tallying import Tally
from shopbell.app.tracking.identify import identified_item
from shopbell.app.tracking.items import system_item
from shopbell.domain.attribution.subscribers import SOURCE
from shopbell.domain.clock import HOUR
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import EventId, SegmentId, VisitorId, customer
from shopbell.domain.membership import Flip
from shopbell.domain.profile import Alias

from functions.tally.handler import handler
from tests.functions.lambda_events import appended, context, counted, line_written, member_changed, stream_event
from tests.unit.app.shop import NOON, STORE, Shop

VIP = SegmentId("v#i#p")
SENT = {"run": "r1", "campaign": "spring"}
ORDER: dict[str, Json] = {"order_id": "o1", "currency": "EUR", "items": []}


def receipt(visitor: str, kind: str, sequence: int) -> dict[str, object]:
    event = Event(EventId(f"{kind}:{visitor}"), f"push_{kind}", VisitorId(visitor), NOON, NOON, SENT, trusted=True)
    return appended(system_item(STORE, event), sequence)


def told(kind: str, visitor: str, said: dict[str, Json], *, trusted: bool = True) -> EventItem:
    event = Event(EventId(f"{kind}:{visitor}"), kind, VisitorId(visitor), NOON, NOON, said, trusted=trusted)
    return system_item(STORE, event)


def test_members_are_counted_with_those_who_can_be_reached(capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop()
    event = stream_event(
        member_changed(VIP, "ann", 900, None, True),
        member_changed(VIP, "bob", 901, None, False),
        member_changed(VIP, "bob", 902, False, True),
        member_changed(VIP, "ann", 1_003, True, None),
    )
    assert handler(event, context(), shop.tally) == {"batchItemFailures": []}
    assert shop.counters.total(STORE, "segment:v#i#p") == {"total": 1, "reachable": 1}
    assert counted(capsys.readouterr().out) == {"records": 4, "counted": 4, "invocations": 1}


def test_a_batch_that_comes_again_wider_counts_only_what_is_new() -> None:
    shop = Shop()
    records = [member_changed(VIP, f"v{number}", 900 + number, None, True) for number in range(10)]
    handler(stream_event(*records[:6]), context(), shop.tally)
    handler(stream_event(*records), context(), shop.tally)
    handler(stream_event(*records[:3]), context(), shop.tally)
    assert shop.counters.total(STORE, "segment:v#i#p") == {"total": 10, "reachable": 10}


def test_receipts_count_for_their_campaign() -> None:
    shop = Shop()
    event = stream_event(receipt("ann", "shown", 1), receipt("bob", "shown", 2), receipt("ann", "clicked", 3))
    handler(event, context(), shop.tally)
    handler(event, context(), shop.tally)
    assert shop.report_counts.totals(STORE, "spring") == {"0|shown|": 2, "0|clicked|": 1}


def test_subscriptions_that_begin_and_end_count_once_for_the_store() -> None:
    shop = Shop()
    mobile: dict[str, Json] = {"browser": "samsung"}
    came = [told("subscribed", f"v{number}", mobile) for number in range(3)]
    gone = [told("unsubscribed", "v0", {**mobile, "reason": "left"})]
    gone += [told("unsubscribed", "v1", {**mobile, "reason": "gone"})]
    records = [appended(one, number) for number, one in enumerate([*came, *gone])]
    assert all(record["dynamodb"]["NewImage"]["receipts"] == {"BOOL": True} for record in records)
    for part in (records[:2], records, records[1:], records[::-1]):
        handler(stream_event(*part), context(), shop.tally)
    wanted = {"0|gained|samsung": 3, "0|opt_outs|samsung": 1, "0|retired|samsung": 1}
    assert shop.report_counts.totals(STORE, SOURCE) == wanted


def test_an_order_after_a_click_counts_for_the_campaign_once(capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop()
    bought = shop.event("ann", "purchase", NOON + HOUR, {"order_id": "o1", "total": 990, "currency": "EUR"})
    shop.events.append([bought])
    event = stream_event(appended(bought, 1), receipt("ann", "clicked", 2))
    for _ in range(2):
        assert handler(event, context(), shop.tally) == {"batchItemFailures": []}
    wanted = {"0|clicked|": 1, "0|orders|": 1, "0|revenue:EUR|": 990, "0|buyers|": 1, "0|squares:EUR|": 990**2}
    found = {name: number for name, number in shop.report_counts.totals(STORE, "spring").items() if number}
    assert found == wanted
    assert '"attribution_settled"' in capsys.readouterr().out


def test_the_servers_word_for_an_order_stands_when_its_guest_turns_out_to_be_the_customer_afterwards() -> None:
    shop, owner = Shop(), customer("42")
    guest, known = VisitorId("ann"), VisitorId("bob")

    def hears(*items: EventItem) -> None:
        shop.events.append(items)
        handler(stream_event(*(appended(item, number) for number, item in enumerate(items))), context(), shop.tally)

    def identified(who: VisitorId) -> None:
        shop.aliases.link(STORE, who, Alias(owner, NOON))
        hears(identified_item(STORE, who, owner, NOON))

    identified(known)
    hears(*(told("push_clicked", who, {**SENT, "run": f"of {who}"}) for who in (guest, known)))
    hears(told("purchase", guest, {**ORDER, "total": 900}, trusted=False))
    hears(told("purchase", known, {**ORDER, "total": 1_000}))
    identified(guest)
    found = shop.report_counts.totals(STORE, "spring")
    assert (found["0|orders|"], found["0|revenue:EUR|"]) == (1, 1_000)


def test_other_events_count_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop()
    record = appended(shop.event("G#vip#000", "page_view"), 1)
    assert handler(stream_event(record), context(), shop.tally) == {"batchItemFailures": []}
    assert counted(capsys.readouterr().out) == {"records": 1, "nothing_to_count": 1, "invocations": 1}


def test_a_record_that_cannot_be_read_is_counted_and_passed(capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop()
    bad = receipt("ann", "shown", 1)
    bad["dynamodb"]["NewImage"]["ev"] = {"S": "{"}  # type: ignore[index]
    handler(stream_event(bad, receipt("bob", "shown", 2)), context(), shop.tally)
    assert shop.report_counts.totals(STORE, "spring") == {"0|shown|": 1}
    assert counted(capsys.readouterr().out)["unreadable"] == 1


def test_lines_of_the_log_count_for_their_segments_day_by_the_stores_clock() -> None:
    """NOON is the 2nd of March; in Tokyo the evening of that day, and nine hours on the 3rd."""
    shop = Shop()
    tally = Tally(shop.counters, lambda _: "Asia/Tokyo")
    records = [
        line_written(VIP, "ann", 900, Flip(VIP, 1, "entered", NOON, "event:e1", "and.0")),
        line_written(VIP, "bob", 901, Flip(VIP, 1, "entered", NOON, "event:e2", "and.0")),
        line_written(VIP, "ann", 902, Flip(VIP, 1, "exited", NOON + 4 * HOUR, "clock", "and.1")),
    ]
    handler(stream_event(*records[:2]), context(), tally)
    handler(stream_event(*records), context(), tally)
    assert list(shop.counters.by_source(STORE, "history:v#i#p", "2026", "2027")) == [
        ("2026-03-02#000", {"entered|event|1|and.0": 2}),
        ("2026-03-03#000", {"exited|clock|1|and.1": 1}),
    ]


def test_the_line_that_joined_two_visitors_is_no_segments() -> None:
    shop = Shop()
    record = line_written(VIP, "ann", 900, Flip(VIP, 0, "entered", NOON, "merge"))
    record["dynamodb"]["Keys"][keys.PK] = {"S": keys.visitor(STORE, VisitorId("c:ann"))}
    handler(stream_event(record), context(), shop.tally)
    assert shop.counters.total(STORE, "history:v#i#p") == {}
