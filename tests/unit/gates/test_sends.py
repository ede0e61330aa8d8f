"""The record of what was sent: canonical bytes, the newest 64, united without regard to order."""

from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.ids import ProductId
from shopbell.domain.sends import (
    CLASSES,
    EMPTY,
    MAX_SENT,
    SendRecord,
    Sent,
    clicked,
    mark_of,
    pack,
    planned_twice,
    recorded,
    released,
    united,
    unpack,
)

MARKS = st.integers(0, 200).map(lambda number: mark_of("s", str(number), 0))
MESSAGES = st.builds(
    Sent,
    at=st.integers(0, 10**15),
    mark=MARKS,
    source_id=st.text(min_size=1, max_size=20),
    step=st.integers(0, 65_535),
    message_class=st.sampled_from(CLASSES),
    products=st.lists(st.text(min_size=1, max_size=12).map(ProductId), max_size=4).map(tuple),
    by=st.sampled_from([b"", b"ann1", b"ben2"]),
)


def record_of(messages: list[Sent]) -> SendRecord:
    record = EMPTY
    for one in messages:
        record = recorded(record, one)
    return record


RECORDS = st.builds(
    lambda messages, click: SendRecord(record_of(messages).sent, click),
    st.lists(MESSAGES, max_size=80),
    st.none() | st.integers(0, 10**15),
)


@given(RECORDS)
def test_what_is_packed_comes_back(record: SendRecord) -> None:
    assert unpack(pack(record.sent)) == record.sent


@given(RECORDS, RECORDS, RECORDS)
def test_records_unite_in_any_order_and_however_often(one: SendRecord, two: SendRecord, three: SendRecord) -> None:
    assert united(one, two) == united(two, one)
    assert united(united(one, two), three) == united(one, united(two, three))
    assert united(one, one) == one
    assert pack(united(one, two).sent) == pack(united(two, one).sent)


def message(number: int) -> Sent:
    return Sent(number, mark_of("s", str(number), 0), "s", products=(ProductId(f"p{number}"),))


def test_the_newest_64_stay() -> None:
    record = record_of([message(number) for number in range(100)])
    assert [one.at for one in record.sent] == list(range(100 - MAX_SENT, 100))
    assert len(pack(record.sent)) < 2_500


def test_a_message_tried_again_stands_once_where_it_first_was() -> None:
    record = record_of([message(1)])
    again = Sent(9, message(1).mark, "s")
    assert recorded(record, again) is record
    assert released(record, again.mark) == EMPTY
    assert released(record, b"unknown!") is record


def test_only_what_was_planned_under_another_id_is_planned_twice() -> None:
    by_ann, by_ben, by_nobody = (message(1)._replace(by=by) for by in (b"ann1", b"ben2", b""))
    assert planned_twice(record_of([by_ann]), by_ben)
    assert not planned_twice(record_of([by_ann]), by_ann)
    assert not planned_twice(record_of([by_ann]), by_nobody)
    assert not planned_twice(record_of([by_nobody]), by_ann)
    assert not planned_twice(record_of([by_ann]), message(2)._replace(by=b"ben2"))


def test_the_latest_click_stands() -> None:
    record = clicked(EMPTY, 5)
    assert record.clicked_at == 5
    assert clicked(record, 4) is record
    assert clicked(record, 6).clicked_at == 6


def test_it_tells_which_products_were_shown_since() -> None:
    record = record_of([message(1), message(2), message(3)])
    assert record.shown(1) == {"p2", "p3"}
    assert record.shown(3) == frozenset()
    assert [one.at for one in record.since(1)] == [2, 3]


def test_the_mark_tells_source_instance_and_step_apart() -> None:
    marks = {mark_of("a", "b", 0), mark_of("a", "b", 1), mark_of("a", "c", 0), mark_of("b", "b", 0)}
    assert len(marks) == 4
    assert all(len(mark) == 8 for mark in marks)
