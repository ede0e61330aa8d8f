"""What was sent to a visitor: written on condition, read in batches, and followed to the customer after a merge."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from shopbell.app.delivery.reserving import Release, Reserve, Wish
from shopbell.domain.clock import HOUR
from shopbell.domain.gates import Moment, Open, Sending, Skip, Verdict, verdict_on
from shopbell.domain.ids import ProductId, StoreId, VisitorId
from shopbell.domain.policy import CAPS, Policy
from shopbell.domain.profile import Alias, Commit
from shopbell.domain.runs import Audience
from shopbell.domain.sends import EMPTY, SendRecord, Sent, mark_of, recorded

from tests.contract.samples import ANN, BEN
from tests.contract.worlds import NOW, Ports

ANNA = VisitorId("c:anna")


def sent(number: int, at: int = NOW) -> Sent:
    products = (ProductId("boots"), ProductId(f"hat {number}"))
    return Sent(at + number, mark_of("fly", str(number), 0), "fly_mode:x", number, "triggered", products)


def kept(ports: Ports, store: StoreId, who: VisitorId, *messages: Sent) -> SendRecord:
    record = ports.sends.of(store, [who])[who]
    for one in messages:
        record = recorded(record, one)
    assert ports.sends.save(store, [(who, record)]) == [True]
    return ports.sends.of(store, [who])[who]


def test_who_was_sent_nothing_has_an_empty_record(ports: Ports, store: StoreId) -> None:
    assert ports.sends.of(store, [ANN, BEN]) == {ANN: EMPTY, BEN: EMPTY}
    assert ports.sends.of(store, []) == {}


def test_a_record_comes_back_as_it_was_written(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    record = kept(ports, store, ANN, sent(1), sent(2))

    assert record == SendRecord((sent(1), sent(2)), version=1)
    assert ports.sends.of(store, [BEN, ANN]) == {ANN: record, BEN: EMPTY}
    assert ports.sends.of(other_store, [ANN]) == {ANN: EMPTY}


def test_more_people_than_one_batch_are_read_at_once(ports: Ports, store: StoreId) -> None:
    names = [VisitorId(f"v{number}") for number in range(230)]
    wanted = [(who, SendRecord((sent(place),))) for place, who in enumerate(names)]
    assert ports.sends.save(store, wanted) == [True] * len(names)

    assert {who: one.sent for who, one in ports.sends.of(store, names).items()} == {
        who: record.sent for who, record in wanted
    }


def test_who_read_before_another_write_does_not_write(ports: Ports, store: StoreId) -> None:
    before = ports.sends.of(store, [ANN])[ANN]
    first = kept(ports, store, ANN, sent(1))

    assert ports.sends.save(store, [(ANN, recorded(before, sent(2))), (BEN, recorded(EMPTY, sent(3)))]) == [
        False,
        True,
    ]
    assert ports.sends.of(store, [ANN])[ANN] == first


def test_of_many_at_once_only_those_that_changed_meanwhile_are_left_out(ports: Ports, store: StoreId) -> None:
    names = [VisitorId(f"v{number}") for number in range(130)]
    taken = set(names[::20])
    for who in taken:
        kept(ports, store, who, sent(0))
    answers = ports.sends.save(store, [(who, SendRecord((sent(1),))) for who in names])

    assert {who for who, done in zip(names, answers, strict=True) if not done} == taken
    expected = {who: (sent(0),) if who in taken else (sent(1),) for who in names}
    assert {who: one.sent for who, one in ports.sends.of(store, names).items()} == expected


def test_crowds_that_write_to_the_same_people_at_once_all_have_their_place(ports: Ports, store: StoreId) -> None:
    names = [VisitorId(f"v{number}") for number in range(60)]
    reserve = Reserve(ports.sends)

    def send(number: int) -> set[Verdict]:
        wishes = [Wish(who, sent(number), EMPTY, lambda _: Open()) for who in names]
        return set(reserve(store, wishes))

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(send, range(3))) == [{Open()}] * 3
    records = ports.sends.of(store, names)
    assert {one.sent for one in records.values()} == {(sent(0), sent(1), sent(2))}


def test_the_latest_click_stands_whoever_writes_a_message_meanwhile(ports: Ports, store: StoreId) -> None:
    ports.sends.click(store, ANN, NOW + 5)
    read = ports.sends.of(store, [ANN])[ANN]
    ports.sends.click(store, ANN, NOW + 9)
    ports.sends.click(store, ANN, NOW + 7)
    assert ports.sends.save(store, [(ANN, recorded(read, sent(1)))]) == [True]

    assert ports.sends.of(store, [ANN])[ANN] == SendRecord((sent(1),), NOW + 9, version=1)


def test_what_was_sent_to_an_alias_counts_for_the_customer(ports: Ports, store: StoreId) -> None:
    kept(ports, store, ANN, sent(1), sent(3))
    ports.sends.click(store, ANN, NOW + 4)
    kept(ports, store, ANNA, sent(2))

    for _ in range(2):
        ports.sends.hand_over(store, ANN, ANNA)

    both = SendRecord((sent(1), sent(2), sent(3)), NOW + 4, version=2)
    assert ports.sends.of(store, [ANNA, ANN]) == {ANNA: both, ANN: replace(both, owner=ANNA)}


def test_what_is_sent_to_an_alias_later_counts_for_the_customer_too(ports: Ports, store: StoreId) -> None:
    read_before = kept(ports, store, ANN, sent(1))
    ports.sends.hand_over(store, ANN, ANNA)
    assert ports.sends.save(store, [(ANN, recorded(read_before, sent(2)))]) == [False]

    ports.sends.click(store, ANN, NOW + 3)
    after = kept(ports, store, ANN, sent(2))
    assert after.sent == (sent(1), sent(2))
    assert ports.sends.of(store, [ANNA])[ANNA] == replace(after, owner=None)
    assert after.clicked_at == NOW + 3


def test_one_message_to_many_ids_of_one_person_has_one_place(ports: Ports, store: StoreId) -> None:
    names = [VisitorId(f"v{number}") for number in range(9)]
    for who in names:
        ports.sends.hand_over(store, who, ANNA)
    seen = ports.sends.of(store, [*names, ANNA])

    wishes = [Wish(who, sent(1), record, capped) for who, record in seen.items()]
    assert Reserve(ports.sends)(store, wishes) == [Open()] * 10
    assert ports.sends.of(store, [ANNA])[ANNA] == SendRecord((sent(1),), version=1)


def test_who_was_sent_nothing_may_hand_over_too(ports: Ports, store: StoreId) -> None:
    ports.sends.hand_over(store, ANN, ANNA)
    assert kept(ports, store, ANN, sent(1)).owner == ANNA
    assert ports.sends.of(store, [ANNA])[ANNA].sent == (sent(1),)


def capped(record: SendRecord) -> Verdict:
    asked = Sending(mark=b"another!", respect_caps=True)
    at = Moment(Audience(), None, None, lambda: True, sending=asked, policy=Policy(CAPS), now=NOW)
    return verdict_on(at, record)


def test_of_many_messages_that_race_past_a_cap_one_goes(ports: Ports, store: StoreId) -> None:
    start, reserve = Barrier(8), Reserve(ports.sends)

    def race(number: int) -> Verdict:
        seen = ports.sends.of(store, [ANN])[ANN]
        start.wait()
        (answer,) = reserve(store, [Wish(ANN, sent(number), seen, capped)])
        return answer

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(race, range(8)))

    assert sorted(type(one).__name__ for one in answers) == ["Open"] + ["Skip"] * 7
    assert Skip("frequency_cap") in answers
    assert len(ports.sends.of(store, [ANN])[ANN].sent) == 1


def test_messages_that_nothing_holds_back_all_have_their_place_however_they_race(
    ports: Ports, store: StoreId
) -> None:
    reserve = Reserve(ports.sends)

    def send(number: int) -> Verdict:
        (answer,) = reserve(store, [Wish(ANN, sent(number), EMPTY, lambda _: Open())])
        return answer

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, range(4))) == {Open()}
    assert ports.sends.of(store, [ANN])[ANN].sent == tuple(sent(number) for number in range(4))


def test_a_message_to_two_devices_or_tried_again_has_one_place(ports: Ports, store: StoreId) -> None:
    reserve = Reserve(ports.sends)
    wish = Wish(ANN, sent(1), EMPTY, capped)
    later = replace(wish, message=sent(1)._replace(at=NOW + HOUR))

    assert reserve(store, [wish, wish, replace(wish, visitor=BEN)]) == [Open()] * 3
    seen = ports.sends.of(store, [ANN])[ANN]
    assert reserve(store, [replace(later, record=seen)]) == [Open()]
    assert ports.sends.of(store, [ANN])[ANN] == SendRecord((sent(1),), version=1)


def test_a_place_given_back_is_free(ports: Ports, store: StoreId) -> None:
    kept(ports, store, ANN, sent(1), sent(2))
    for _ in range(2):
        Release(ports.sends)(store, ANN, sent(1).mark)
    assert ports.sends.of(store, [ANN])[ANN] == SendRecord((sent(2),), version=2)


def test_the_commit_that_joins_an_alias_hands_over_what_was_sent_to_it(ports: Ports, store: StoreId) -> None:
    kept(ports, store, ANN, sent(1))
    ports.aliases.link(store, ANN, Alias(ANNA, NOW))
    linked = ports.visitors.load(store, ANN)
    assert ports.visitors.commit(Commit(linked, replace(linked, last_seen=NOW)))
    assert ports.sends.of(store, [ANNA])[ANNA] == EMPTY

    linked = ports.visitors.load(store, ANN)
    assert ports.visitors.commit(Commit(linked, replace(linked, alias=Alias(ANNA, NOW, joined=True))))
    assert ports.sends.of(store, [ANNA])[ANNA].sent == (sent(1),)
    assert ports.sends.of(store, [ANN])[ANN].owner == ANNA
    assert ports.visitors.load(store, ANN).alias == Alias(ANNA, NOW, joined=True)
