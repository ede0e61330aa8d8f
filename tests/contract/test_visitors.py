"""Profiles: one transaction over profile, members, log and candidates, or nothing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from shopbell.domain.ids import SegmentId, StoreId, VisitorId, visitor_hash, visitor_shard
from shopbell.domain.ledger import Ledger
from shopbell.domain.membership import MAX_FLIPS
from shopbell.domain.orders import Orders
from shopbell.domain.part import NOTHING, Part
from shopbell.domain.profile import Candidate, Commit, Missed, Profile, Trait
from shopbell.domain.scenarios.missing import ALL, lost, subject_of
from shopbell.domain.scenarios.pending import PendingStep, Ran

from tests.contract.samples import ANN, BEN, VIP, flip, visitors_of
from tests.contract.worlds import NOW, SHARDS, Ports


def folded(before: Profile, **changes: object) -> Profile:
    """What a fold might make of it."""
    trait = Trait(NOW, "r1", {"city": "Köln"})
    fields: dict[str, object] = {"rules_version": 3, "traits": {"place": trait}, "last_seen": NOW}
    return replace(before, **(fields | changes))  # type: ignore[arg-type]


def stored(ports: Ports, store: StoreId, visitor: VisitorId = ANN, **changes: object) -> Profile:
    before = ports.visitors.load(store, visitor)
    assert ports.visitors.commit(Commit(before, folded(before, **changes)))
    return ports.visitors.load(store, visitor)


def members(ports: Ports, store: StoreId, visitor: VisitorId = ANN, segment: SegmentId = VIP) -> list[VisitorId]:
    shard = visitor_shard(store, visitor, SHARDS)
    return [row.visitor for row in ports.memberships.page(store, segment, shard, None, 100).items]


def test_an_unknown_visitor_is_an_empty_profile_of_version_0(ports: Ports, store: StoreId) -> None:
    assert ports.visitors.load(store, ANN) == Profile(store, ANN)


def test_what_is_committed_is_loaded_again(ports: Ports, store: StoreId) -> None:
    profile = stored(ports, store, BEN, wake_at=NOW + 5, memberships={VIP: NOW}, unsettled=(flip(),))

    assert (profile.version, profile.rules_version, profile.wake_at) == (1, 3, NOW + 5)
    assert profile.traits == {"place": Trait(NOW, "r1", {"city": "Köln"})}
    assert profile.traits["place"].value == {"city": "Köln"}
    assert profile.memberships == {VIP: NOW}
    assert profile.unsettled == (flip(),)


def test_what_waits_for_a_visitor_and_what_ran_are_loaded_again(ports: Ports, store: StoreId) -> None:
    step = PendingStep(
        "scenario", "churn", "e1", 1, NOW + 5, NOW, NOW + 9, "queued", "run", {"product": "p", "n": [1]}
    )
    ran = {"churn": (Ran("churn", "e0", 1, 2, known_at=3, refused=True), Ran("churn", "e1", NOW, sent=1))}
    profile = stored(ports, store, BEN, wake_at=NOW + 5, steps=(step,), ran=ran)

    assert profile.steps == (step,)
    assert profile.ran == ran
    assert profile.latest["churn"].key == "e1"


def test_each_commit_adds_one_to_the_version(ports: Ports, store: StoreId) -> None:
    assert [stored(ports, store).version for _ in range(3)] == [1, 2, 3]


def test_a_commit_from_an_old_version_changes_nothing(ports: Ports, store: StoreId) -> None:
    before = stored(ports, store)
    stored(ports, store, last_seen=NOW + 1)

    stale = Commit(before, folded(before, memberships={VIP: NOW}), flips=(flip(),))

    assert not ports.visitors.commit(stale)
    assert ports.visitors.load(store, ANN).last_seen == NOW + 1
    assert members(ports, store) == []
    assert ports.memberships.log_of_visitor(store, ANN, None, 10).items == ()


def test_a_first_commit_of_a_visitor_who_is_known_changes_nothing(ports: Ports, store: StoreId) -> None:
    stored(ports, store)
    nobody = Profile(store, ANN)

    assert not ports.visitors.commit(Commit(nobody, folded(nobody)))


def test_of_two_commits_from_one_version_one_wins(ports: Ports, store: StoreId) -> None:
    for _ in range(5):
        before = ports.visitors.load(store, ANN)
        commits = [Commit(before, folded(before, last_seen=NOW + n)) for n in range(4)]
        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(ports.visitors.commit, commits)) == [False, False, False, True]


def test_a_replayed_commit_changes_nothing(ports: Ports, store: StoreId) -> None:
    before = ports.visitors.load(store, ANN)
    commit = Commit(before, folded(before, memberships={VIP: NOW}), flips=(flip(),))

    assert [ports.visitors.commit(commit), ports.visitors.commit(commit)] == [True, False]
    assert len(ports.memberships.log_of_visitor(store, ANN, None, 10).items) == 1


def test_older_rules_never_write_over_newer_ones(ports: Ports, store: StoreId) -> None:
    before = stored(ports, store, rules_version=7)

    assert not ports.visitors.commit(Commit(before, folded(before, rules_version=6)))
    assert ports.visitors.commit(Commit(before, folded(before, rules_version=7)))


def test_an_entry_and_an_exit_move_the_row_and_write_the_log(ports: Ports, store: StoreId) -> None:
    before = ports.visitors.load(store, ANN)
    entered = folded(before, memberships={VIP: NOW})
    assert ports.visitors.commit(Commit(before, entered, flips=(flip(),)))
    assert members(ports, store) == [ANN]

    inside = ports.visitors.load(store, ANN)
    left = flip(change="exited", at=NOW + 9, cause="clock", leaf=None)
    assert ports.visitors.commit(Commit(inside, folded(inside, memberships={}), flips=(left,)))

    assert members(ports, store) == []
    log = ports.memberships.log_of_visitor(store, ANN, None, 10).items
    assert [(line.flip, line.profile_version) for line in log] == [(left, 2), (flip(), 1)]


def test_a_transaction_takes_the_most_flips_there_may_be(ports: Ports, store: StoreId) -> None:
    segments = [SegmentId(f"s{number:02d}") for number in range(MAX_FLIPS)]
    before = ports.visitors.load(store, ANN)
    after = folded(before, memberships=dict.fromkeys(segments, NOW))

    assert ports.visitors.commit(Commit(before, after, flips=tuple(flip(segment) for segment in segments)))

    assert len(ports.memberships.log_of_visitor(store, ANN, None, 100).items) == MAX_FLIPS
    assert members(ports, store, segment=segments[-1]) == [ANN]


def test_both_flips_of_one_millisecond_are_logged_and_the_last_one_holds(ports: Ports, store: StoreId) -> None:
    before = ports.visitors.load(store, ANN)
    commit = Commit(before, folded(before), flips=(flip(), flip(change="exited")))

    assert ports.visitors.commit(commit)

    assert members(ports, store) == []
    log = ports.memberships.log_of_visitor(store, ANN, None, 10).items
    assert [line.flip.change for line in log] == ["exited", "entered"]


def test_a_refreshed_row_is_written_without_a_log_line(ports: Ports, store: StoreId) -> None:
    before = stored(ports, store, memberships={VIP: NOW - 5})

    assert ports.visitors.commit(Commit(before, folded(before), refreshed=(VIP,)))

    (row,) = ports.memberships.page(store, VIP, visitor_shard(store, ANN, SHARDS), None, 5).items
    assert (row.entered_at, row.reachable, row.version) == (NOW - 5, False, 0)
    assert ports.memberships.log_of_visitor(store, ANN, None, 5).items == ()


def test_a_candidate_is_written_with_its_flip(ports: Ports, store: StoreId) -> None:
    before = ports.visitors.load(store, ANN)
    candidate = Candidate(f"scenario-{store}", NOW + 60, NOW)

    assert ports.visitors.commit(Commit(before, folded(before), candidates=(candidate,)))

    assert ports.candidates.stores(candidate.scenario, NOW + 60) == {store}


def test_many_are_loaded_at_once_without_those_who_do_not_exist(ports: Ports, store: StoreId) -> None:
    known = visitors_of(store, 0, 40)
    profiles = {who: stored(ports, store, who) for who in known}

    assert ports.visitors.load_many(store, [*known, VisitorId("nobody"), known[0]]) == profiles


LEDGER = Ledger(p=Part(b"p"), l=Orders(b"l"), v=Part(b"v"))


def test_some_parts_are_read_without_the_others_and_never_committed(ports: Ports, store: StoreId) -> None:
    whole = stored(ports, store, ledger=LEDGER, memberships={VIP: NOW})
    stored(ports, store, BEN, ledger=Ledger(p=Part(b"p")))

    aside = ports.visitors.load_many(store, [ANN, BEN], {"L", "V"})
    assert aside == {ANN: Profile(store, ANN, ledger=replace(LEDGER, p=NOTHING))}
    head = ports.visitors.load_many(store, [ANN, BEN], {"P"})[ANN]
    assert head == replace(whole, version=0, ledger=Ledger(p=Part(b"p")))
    for partial in (aside[ANN], head):
        assert not ports.visitors.commit(Commit(partial, folded(partial)))
    assert ports.visitors.load(store, ANN) == whole


def test_another_store_is_another_visitor(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    stored(ports, store)

    assert ports.visitors.load(other_store, ANN).version == 0
    assert ports.visitors.load_many(other_store, [ANN]) == {}


def test_a_walk_meets_every_visitor_of_the_shard_once_in_the_order_of_hashes(ports: Ports, store: StoreId) -> None:
    mine = visitors_of(store, 1, 7)
    for who in [*mine, *visitors_of(store, 2, 3)]:
        stored(ports, store, who)

    met: list[VisitorId] = []
    cursor = None
    while True:
        page = ports.visitors.walk(store, 1, cursor, 3)
        met.extend(page.items)
        cursor = page.cursor
        if cursor is None:
            break

    assert met == sorted(mine, key=lambda who: visitor_hash(store, who))


def test_a_walk_is_not_disturbed_by_commits_on_its_way(ports: Ports, store: StoreId) -> None:
    mine = sorted(visitors_of(store, 1, 6), key=lambda who: visitor_hash(store, who))
    for who in mine:
        stored(ports, store, who)

    first = ports.visitors.walk(store, 1, None, 3)
    for who in mine:
        stored(ports, store, who, last_seen=NOW + 1)
    rest = ports.visitors.walk(store, 1, first.cursor, 10)

    assert [*first.items, *rest.items] == mine
    assert rest.cursor is None


def test_a_token_finds_its_visitor_by_shard_and_hash(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    stored(ports, store, BEN)
    shard, digest = visitor_shard(store, BEN, SHARDS), visitor_hash(store, BEN)

    assert ports.visitors.by_hash(store, shard, digest) == BEN
    assert ports.visitors.by_hash(store, (shard + 1) % SHARDS, digest) is None
    assert ports.visitors.by_hash(other_store, shard, digest) is None
    assert ports.visitors.by_hash(store, shard, bytes(16)) is None


def test_what_ended_while_it_waited_is_counted_with_the_commit_and_only_with_it(ports: Ports, store: StoreId) -> None:
    def counted(source_id: str) -> tuple[dict[str, int], dict[str, int]]:
        found = lost(source_id, *(ports.missed.total(store, subject_of(name)) for name in (source_id, ALL)))
        return dict(found.outcomes), dict(found.of_runs)

    missed = (
        Missed("churn", None, "exited", 1, NOW),
        Missed("churn", "run-1", "exited", 2, NOW),
        *(Missed(f"fly_mode:{number}", "run-2", "expired", 1, NOW) for number in range(4)),
    )
    before = ports.visitors.load(store, ANN)
    assert ports.visitors.commit(replace(Commit(before, folded(before)), missed=missed))
    assert not ports.visitors.commit(replace(Commit(before, folded(before)), missed=missed))

    assert counted("churn") == ({"skipped:exited": 3}, {"run-1": 2})
    for number in range(4):
        assert counted(f"fly_mode:{number}") == ({"skipped:expired": 1}, {"run-2": 1})
    assert counted("birthday") == ({}, {})
