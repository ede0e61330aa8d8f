"""Profiles as bytes: the same profile has the same bytes, whatever it went through, and reads back whole."""

import struct
from dataclasses import replace
from typing import Final

import pytest
from shopbell.domain.clock import Instant
from shopbell.domain.ids import SegmentId, SubscriptionId, VapidKeyId
from shopbell.domain.ledger import Ledger
from shopbell.domain.membership import Flip
from shopbell.domain.orders import Subset, orders_of
from shopbell.domain.packing import pack
from shopbell.domain.part import MAX_ELEMENTS, Part, rank, record
from shopbell.domain.profile import Profile, Trait
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.segments.codec import StoredProfile, dump, load
from shopbell.domain.subscriptions import SubscriptionFact

from tests.sim.worlds import STORE, VISITOR

NOW: Final[Instant] = 1_790_000_000_000
FACT: Final = SubscriptionFact(
    SubscriptionId("s1"), True, NOW, "mozilla", VapidKeyId("k"), "firefox", "linux", "desktop", None, "UTC", "de", "e"
)
FULL: Final = Profile(
    STORE,
    VISITOR,
    version=7,
    rules_version=3,
    ledger=Ledger(
        Part(pack({300: (16, record(NOW, b"a" * 8))})),
        orders_of({1: record(NOW, b"b" * 8, rank("id", trusted=True)), 2: Subset(1, 16, 1, b"")}),
        Part(pack({0: (16, record(NOW - 1, b"d" * 8) + record(NOW, b"c" * 8)), 3: (16, record(NOW, b"e" * 8))})),
        trimmed=True,
    ),
    traits={"country": Trait(NOW, "r", "DE"), "custom.öl": Trait(NOW, "r", ["a", 1, 1.5, True]), "x": Trait(1, "r")},
    subscriptions={FACT.id: FACT},
    memberships={SegmentId("b"): NOW, SegmentId("a"): NOW - 1},
    left={SegmentId("c"): NOW},
    unsettled=(
        Flip(SegmentId("b"), 2, "entered", NOW, "event:e", "and.0"),
        Flip(SegmentId("c"), 1, "exited", 1, "clock"),
    ),
    stale=(SegmentId("a"),),
    wake_at=NOW,
    first_seen=0,
    last_seen=NOW,
    steps=(
        PendingStep("scenario", "churn", "e1", 1, NOW, NOW - 5, NOW + 5, "queued", "run", {"product": "p", "n": [1]}),
    ),
    ran={"churn": (Ran("churn", "e0", 1, 2, 3), Ran("churn", "e1", NOW - 5, known_at=NOW, sent=1))},
)


_FACTS: Final = b'{"stale":["a"],"traits":{"country":[1,"r","DE"]}}'
BEFORE_STEPS: Final = struct.pack(">BBqqIIIIII", 3, 2, 0, 5, 0, 0, len(_FACTS), 0, 0, 0) + _FACTS


def _again(stored: StoredProfile, profile: Profile) -> Profile:
    return load(STORE, VISITOR, stored, profile.version, profile.rules_version, profile.wake_at)


@pytest.mark.parametrize("profile", [FULL, Profile(STORE, VISITOR)], ids=["everything", "nothing"])
def test_a_profile_reads_back_as_it_was(profile: Profile) -> None:
    again = _again(dump(profile), profile)
    assert again == profile
    assert dump(again) == dump(profile)


def test_bytes_do_not_depend_on_the_order_of_what_was_put_in() -> None:
    turned = replace(
        FULL,
        memberships=dict(sorted(FULL.memberships.items())),
        traits=dict(sorted(FULL.traits.items(), reverse=True)),
    )
    assert dump(turned) == dump(FULL)


def test_what_ran_stays_when_nothing_waits_any_more_and_is_not_written_for_those_for_whom_nothing_ran() -> None:
    ended = replace(FULL, unsettled=(), stale=(), steps=())
    again = _again(dump(ended), ended)
    assert again == ended
    assert again.latest["churn"].key == "e1"
    assert b"ran" not in dump(replace(again, ran={})).p


def test_bytes_from_before_there_were_steps_read_as_they_did() -> None:
    before = _again(StoredProfile(BEFORE_STEPS, b"", b""), FULL)
    assert (before.traits["country"].value, before.stale) == ("DE", (SegmentId("a"),))
    assert (before.steps, dict(before.ran)) == ((), {})
    assert dump(before).p == BEFORE_STEPS


def test_an_untouched_part_is_the_same_bytes() -> None:
    again = _again(dump(FULL), FULL)
    assert dump(replace(again, last_seen=NOW + 1)).l is dump(again).l


@pytest.mark.parametrize("body", [b"", b"\x63" + bytes(40)], ids=["empty", "of a later release"])
def test_bytes_of_an_unknown_format_are_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="format"):
        load(STORE, VISITOR, StoredProfile(body, b"", b""), 1, 1, None)


def test_a_column_is_read_by_itself_however_high_its_number_is() -> None:
    columns = {70_000: (16, record(9, b"c" * 8)), 1: (16, record(3, b"b" * 8) + record(5, b"a" * 8)), 2: (16, b"")}
    part = Part(pack(columns))
    assert part == Part(pack(dict(sorted(columns.items()))))
    assert part.instants(1) == (3, 5)
    assert part.instants(70_000) == (9,)
    assert part.instants(2) == part.instants(4) == ()
    assert part.only(1 << 1).instants(1) == (3, 5)
    assert part.only(1 << 1).instants(70_000) == ()
    assert part.only(0) == Part()


def test_elements_carry_numbers_with_weights_or_hashes_of_values() -> None:
    sums = b"".join(record(at, b"a" * 8, struct.pack(">dH", 1.5 * at, at)) for at in (1, 2))
    part = Part(
        pack({0: (26, sums), 1: (24, record(7, b"b" * 8, struct.pack(">d", -3))), 2: (24, record(9, b"c" * 16))})
    )
    assert (part.instants(0), part.numbers(0), part.weights(0)) == ((1, 2), (1.5, 3.0), (1, 2))
    assert (part.instants(1), part.numbers(1)) == ((7,), (-3.0,))
    assert (part.instants(2), part.keys(2)) == ((9,), (b"c" * 8,))


@pytest.mark.parametrize(("count", "capped"), [(MAX_ELEMENTS - 1, False), (MAX_ELEMENTS, True)])
def test_a_ledger_says_that_a_feature_is_full(count: int, capped: bool) -> None:
    full = Part(pack({0: (16, b"".join(record(n, n.to_bytes(8, "big")) for n in range(count)))}))
    assert Ledger(v=full).capped is capped
