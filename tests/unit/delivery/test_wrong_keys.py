"""A push service that wants another key: the store's others are tried, nobody is deleted, and the fault is told."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from shopbell.app.ends import Handed
from shopbell.domain.clock import DAY, SECOND
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import SubscriptionId, VapidKeyId
from shopbell.domain.push.values import PushAnswer, PushRequest
from shopbell.domain.runs import Chunk, Run
from shopbell.domain.store import VapidKey
from shopbell.domain.subscriptions import PARKED_FOR, Subscription
from shopbell.domain.vapidkeys import KeyUse

from tests.unit.app.chunks import ends, one_chunk
from tests.unit.app.shop import NOON, STORE, Shop

K0, K1, K2 = VapidKeyId("k0"), VapidKeyId("k1"), VapidKeyId("k2")
MISMATCH = PushAnswer(403, "VapidPkHashMismatch")


class KeyedShop(Shop):
    """Signatures name their key, and services take those that `wanted` names; by default every one."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.wanted: Callable[[PushRequest], str | None] = lambda _: None
        self.lacking: set[str] = set()
        self.push.answer = self._answer
        self.keyed = replace(self.send, post=replace(self.send.post, sign=self._sign))

    def _sign(self, _store: object, _origin: str, key: VapidKeyId, _now: int) -> str:
        if key in self.lacking:
            raise NotFound(key)
        return f"vapid {key}"

    def _answer(self, request: PushRequest) -> PushAnswer:
        wanted = self.wanted(request)
        return PushAnswer(201) if wanted in {None, request.headers["Authorization"].split()[1]} else MISMATCH

    def have(self, *keys: VapidKeyId) -> None:
        store = self.world.stores[STORE]
        more = tuple(VapidKey(key, f"public {key}", "retiring", NOON) for key in keys)
        self.world.stores[STORE] = replace(store, vapid_keys=(*more, *store.vapid_keys))

    def sent(self, chunk: Chunk) -> dict[str, int]:
        return dict(self.keyed(chunk, Handed(), self.left).counts)

    def row(self, name: SubscriptionId) -> Subscription:
        found = self.subscriptions.find(STORE, name)
        assert found is not None
        return found

    def uses(self) -> dict[VapidKeyId, KeyUse]:
        return dict(self.send.post.uses.of(STORE))


def people(count: int = 1) -> tuple[KeyedShop, Run, Chunk]:
    shop = KeyedShop()
    return shop, *one_chunk(shop, count)


def only(number: int, key: str) -> Callable[[PushRequest], str | None]:
    """That one's service wants that key."""
    return lambda request: key if f"v{number:03}" in request.url else None


def _by_key(other: PushAnswer, request: PushRequest) -> PushAnswer:
    return other if "k0" in request.headers["Authorization"] else MISMATCH


def test_the_key_that_is_taken_is_the_subscription_s_from_then_on() -> None:
    shop, run, chunk = people(2)
    shop.have(K0, K2)
    shop.wanted = only(1, K0)
    counts = shop.sent(chunk)

    assert ends(shop, run, chunk) == ["accepted", "accepted"]
    assert {"key_mismatch": 1, "key_found": 1, "accepted": 2}.items() <= counts.items()
    assert [shop.row(one.subscription).vapid_key for one in chunk.recipients] == [K1, K0]
    assert (shop.uses()[K1], shop.uses()[K0]) == (KeyUse(1, 0, 1, NOON), KeyUse(1, 0))
    tried = [request.headers["Authorization"] for request in shop.push.posts]
    assert sorted(tried) == ["vapid k0", "vapid k1", "vapid k1", "vapid k2"]


def test_whom_no_key_reaches_is_parked_when_the_key_reaches_others() -> None:
    shop, run, chunk = people(3)
    shop.wanted = only(1, "nobody's")
    counts = shop.sent(chunk)

    assert ends(shop, run, chunk) == ["accepted", "failed:key_mismatch", "accepted"]
    assert counts["key_parked"] == 1
    parked = shop.row(chunk.recipients[1].subscription)
    assert (parked.state, parked.refused_at) == ("key_mismatch", NOON)
    assert shop.uses() == {K1: KeyUse(2, 1, 1, NOON)}


def test_who_is_parked_is_left_alone_for_a_week_then_tried_and_taken_up_again() -> None:
    shop, _, chunk = people(2)
    shop.wanted = only(0, "nobody's")
    shop.sent(chunk)
    parked = shop.row(chunk.recipients[0].subscription)
    assert parked.parked(NOON + PARKED_FOR - 1)
    assert not parked.parked(NOON + PARKED_FOR)

    shop.clock.now += 8 * DAY
    shop.push.posts.clear()
    shop.wanted = lambda _: None
    _, again = one_chunk(shop, 2)
    assert shop.send.post.uses.move(shop.row(parked.id), K1, NOON)
    shop.sent(again)
    assert len(shop.push.posts) == 2
    assert shop.row(parked.id).state == "active"


def test_a_key_that_reaches_nobody_parks_nobody() -> None:
    """It is likely ours: a wrong pair was deployed, and everybody would be silent after it was put right."""
    shop, run, chunk = people(3)
    shop.wanted = lambda _: "nobody's"
    counts = shop.sent(chunk)

    assert ends(shop, run, chunk) == ["failed:key_mismatch"] * 3
    assert (counts["key_mismatch"], "key_parked" in counts) == (3, False)
    assert shop.uses() == {K1: KeyUse(3, 0, 3, NOON)}
    assert shop.world.tombstones == {}


def test_a_wrong_key_deployed_stops_the_run_tells_of_it_and_deletes_and_parks_nobody() -> None:
    shop, run, chunk = people(120)
    shop.have(K0)
    shop.wanted = lambda _: "the one before"
    counts = shop.sent(chunk)

    assert counts["key_mismatch"] == 50
    assert set(ends(shop, run, chunk)) == {"open"}
    stopped = shop.runs.get(STORE, run.id)
    assert stopped is not None
    assert stopped.state != "sending"
    assert (len(shop.world.subscriptions), shop.world.tombstones) == (120, {})
    assert shop.uses()[K1] == KeyUse(120, 0, 50, NOON)


def small_chunks(count: int, each: int) -> tuple[KeyedShop, Run, list[Chunk]]:
    shop, run, whole = people(count * each)
    parts = [whole.recipients[begin : begin + each] for begin in range(0, count * each, each)]
    return shop, run, [replace(whole, id=f"{at:03d}", recipients=part) for at, part in enumerate(parts)]


def test_a_wrong_key_stops_a_run_of_small_chunks_too() -> None:
    shop, run, chunks = small_chunks(12, 8)
    shop.wanted = lambda _: "the one before"
    for chunk in chunks[:7]:
        shop.sent(chunk)
    stopped = shop.runs.get(STORE, run.id)
    assert stopped is not None
    assert (stopped.state, shop.uses()[K1].refused) == ("paused", 56)
    assert [set(ends(shop, run, chunk)) for chunk in chunks[5:7]] == [{"failed:key_mismatch"}, {"open"}]

    shop.runs.set_state(STORE, run.id, "sending")
    for chunk in chunks[7:]:
        shop.sent(chunk)
    again = shop.runs.get(STORE, run.id)
    assert again is not None
    assert again.state == "sending"  # 40 more: from the start again


def test_refusals_of_small_chunks_count_no_more_once_somebody_was_reached() -> None:
    shop, run, chunks = small_chunks(12, 8)
    shop.wanted = lambda request: None if "v03" in request.url else "the one before"
    for chunk in chunks[:9]:
        shop.sent(chunk)
    found = shop.runs.get(STORE, run.id)
    assert found is not None
    assert found.state == "sending"


def test_a_wrong_key_stops_a_run_among_whose_people_many_are_gone() -> None:
    shop, run, chunk = people(120)
    shop.wanted = lambda _: "the one before"
    answer = shop.push.answer
    gone = [f"v{number:03}" for number in range(0, 120, 10)]
    shop.push.answer = lambda request: (
        PushAnswer(410) if any(name in request.url for name in gone) else answer(request)
    )
    shop.sent(chunk)
    stopped = shop.runs.get(STORE, run.id)
    assert stopped is not None
    assert stopped.state == "paused"
    assert set(ends(shop, run, chunk)) == {"open", "retired"}


def test_a_key_whose_private_half_is_lost_holds_nobody_up_who_is_on_another() -> None:
    shop, run, chunk = people(120)
    shop.have(K0)
    shop.lacking = {"k0"}
    first = min(shop.world.subscriptions)
    shop.world.subscriptions[first] = replace(shop.world.subscriptions[first], vapid_key=K0)
    counts = shop.sent(chunk)
    assert (counts["accepted"], counts["failed:key_mismatch"], counts["key_mismatch"]) == (119, 1, 1)
    assert set(ends(shop, run, chunk)) == {"accepted", "failed:key_mismatch"}


def test_a_lost_private_half_of_everybody_s_key_stops_the_run_and_keeps_them_all() -> None:
    shop, run, chunk = people(120)
    shop.lacking = {"k1"}
    shop.sent(chunk)
    stopped = shop.runs.get(STORE, run.id)
    assert stopped is not None
    assert stopped.state == "paused"
    assert set(ends(shop, run, chunk)) == {"open"}


def test_one_service_that_refuses_a_key_stops_the_run_though_another_takes_it() -> None:
    shop, run, chunks = small_chunks(20, 8)
    for number, chunk in enumerate(chunks):
        refusing = number % 2 == 0
        shop.wanted = lambda _, refusing=refusing: "another" if refusing else None  # type: ignore[misc]
        shop.sent(replace(chunk, service="apple" if refusing else "fcm"))
    stopped = shop.runs.get(STORE, run.id)
    assert stopped is not None
    assert stopped.state == "paused"


@pytest.mark.parametrize(
    ("lacking", "end"), [([], "accepted"), (["k9"], "failed:key_mismatch")], ids=["there", "not"]
)
def test_a_key_that_the_row_does_not_name_is_looked_up(lacking: list[str], end: str) -> None:
    shop, run, chunk = people()
    row = shop.row(chunk.recipients[0].subscription)
    shop.subscriptions.put(replace(row, vapid_key=VapidKeyId("k9")), None)
    shop.lacking = set(lacking)
    counts = shop.sent(chunk)

    assert ends(shop, run, chunk) == [end]
    assert counts.get("key_mismatch", 0) == len(lacking)


def test_a_pair_that_is_only_being_brought_in_is_passed_over() -> None:
    shop, run, chunk = people(1)
    shop.have(K0, K2)
    shop.lacking = {K2}
    shop.wanted = only(0, K0)
    shop.sent(chunk)
    assert ends(shop, run, chunk) == ["accepted"]


def test_one_that_is_gone_by_another_key_s_answer_ends_as_gone_and_one_put_off_comes_back() -> None:
    for answer, end in ((PushAnswer(410), "retired"), (PushAnswer(429), "open"), (PushAnswer(400), None)):
        shop, run, chunk = people(1)
        shop.have(K0)
        shop.push.answer = partial(_by_key, answer)
        shop.sent(chunk)
        assert ends(shop, run, chunk) == [end or "failed:key_mismatch"]
        assert shop.clock.now - NOON < 20 * SECOND
