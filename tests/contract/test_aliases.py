"""Whose a visitor is: the first word stands, and everybody who reads the profile sees it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from shopbell.domain.ids import StoreId, VisitorId, visitor_hash, visitor_shard
from shopbell.domain.membership import Change
from shopbell.domain.profile import Alias, Commit, Profile, Trait

from tests.contract.samples import ANN, BEN, VIP, flip, visitors_of
from tests.contract.worlds import NOW, SHARDS, Ports

ANNA = VisitorId("c:anna")
OTTO = VisitorId("c:otto")
HERS = Alias(ANNA, NOW)


def committed(ports: Ports, before: Profile, **changes: object) -> Profile:
    after = replace(before, rules_version=3, traits={"city": Trait(NOW, "r1", "Graz")}, last_seen=NOW)
    assert ports.visitors.commit(Commit(before, replace(after, **changes)))  # type: ignore[arg-type]
    return ports.visitors.load(before.store, before.visitor)


def walked(ports: Ports, store: StoreId, shard: int) -> tuple[VisitorId, ...]:
    return ports.visitors.walk(store, shard, None, 100).items


def test_a_link_shows_in_the_profile_and_keeps_what_was_there(ports: Ports, store: StoreId) -> None:
    before = committed(ports, Profile(store, ANN), wake_at=NOW + 5, memberships={VIP: NOW})

    assert ports.aliases.link(store, ANN, HERS) == HERS

    linked = ports.visitors.load(store, ANN)
    assert linked == replace(before, version=before.version + 1, alias=HERS)
    assert ports.visitors.load_many(store, [ANN]) == {ANN: linked}


def test_several_customers_are_asked_about_at_once(ports: Ports, store: StoreId) -> None:
    ports.aliases.link(store, ANN, HERS)
    ports.aliases.link(store, BEN, HERS)
    assert ports.aliases.of_many(store, [OTTO, ANNA]) == {OTTO: [], ANNA: [ANN, BEN]}
    assert ports.aliases.of_many(store, []) == {}


def test_the_first_customer_stands(ports: Ports, store: StoreId) -> None:
    ports.aliases.link(store, ANN, HERS)

    assert ports.aliases.link(store, ANN, Alias(OTTO, NOW + 1)) == HERS
    assert ports.aliases.link(store, ANN, Alias(ANNA, NOW + 2)) == HERS
    assert ports.visitors.load(store, ANN).version == 1
    assert ports.aliases.of(store, OTTO) == []


def test_of_many_links_at_once_one_stands_for_all(ports: Ports, store: StoreId) -> None:
    wanted = [Alias(VisitorId(f"c:{number}"), NOW) for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(lambda alias: ports.aliases.link(store, ANN, alias), wanted))

    (stands,) = answers
    assert ports.visitors.load(store, ANN).alias == stands
    assert [who for alias in wanted for who in ports.aliases.of(store, alias.customer)] == [ANN]


def test_a_visitor_never_seen_can_be_linked_and_is_walked(ports: Ports, store: StoreId) -> None:
    ports.aliases.link(store, BEN, HERS)

    assert ports.visitors.load(store, BEN) == Profile(store, BEN, version=1, alias=HERS)
    assert ports.visitors.load_many(store, [BEN]) == {BEN: Profile(store, BEN, version=1, alias=HERS)}
    assert walked(ports, store, visitor_shard(store, BEN, SHARDS)) == (BEN,)


def test_who_read_the_profile_before_the_link_can_not_write_it_any_more(ports: Ports, store: StoreId) -> None:
    for who, before in ((ANN, committed(ports, Profile(store, ANN))), (BEN, Profile(store, BEN))):
        ports.aliases.link(store, who, HERS)
        assert not ports.visitors.commit(Commit(before, replace(before, last_seen=NOW + 1)))


def test_all_aliases_of_a_customer_are_found(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    names = visitors_of(store, 1, 5)
    for who in names:
        ports.aliases.link(store, who, HERS)
    ports.aliases.link(other_store, ANN, HERS)

    assert ports.aliases.of(store, ANNA) == sorted(names)
    assert ports.aliases.of(store, OTTO) == []


def test_a_joined_alias_is_no_longer_walked_but_a_token_still_finds_it(ports: Ports, store: StoreId) -> None:
    committed(ports, Profile(store, ANN))
    ports.aliases.link(store, ANN, HERS)
    shard, digest = visitor_shard(store, ANN, SHARDS), visitor_hash(store, ANN)
    assert walked(ports, store, shard) == (ANN,)

    linked = ports.visitors.load(store, ANN)
    stub = Profile(store, ANN, linked.version, rules_version=3, alias=replace(HERS, joined=True))
    assert ports.visitors.commit(Commit(linked, stub))

    assert ports.visitors.load(store, ANN) == stub.with_version(3)
    assert walked(ports, store, shard) == ()
    assert ports.visitors.by_hash(store, shard, digest) == ANN


def test_the_commit_that_joins_writes_one_line_into_the_customers_log(ports: Ports, store: StoreId) -> None:
    committed(ports, Profile(store, ANN), memberships={VIP: NOW})
    ports.aliases.link(store, ANN, HERS)
    linked = ports.visitors.load(store, ANN)
    stub = Profile(store, ANN, linked.version, rules_version=3, alias=replace(HERS, joined=True))
    left = flip(change="exited", at=NOW + 1, cause="merge", leaf=None)

    assert ports.visitors.commit(Commit(linked, stub, flips=(left,)))
    again = ports.visitors.load(store, ANN)
    assert ports.visitors.commit(Commit(again, again))

    lines = ports.memberships.log_of_visitor(store, ANNA, None, 10).items
    merged: Change = "merged"
    assert [(one.visitor, one.flip.change, one.flip.cause, one.flip.at) for one in lines] == [
        (ANNA, merged, f"merge:{ANN}", NOW)
    ]
    assert [one.flip for one in ports.memberships.log_of_visitor(store, ANN, None, 10).items] == [left]


def test_lines_of_one_instant_are_paged_without_a_gap(ports: Ports, store: StoreId) -> None:
    names = [VisitorId(f"v{number}") for number in range(5)]
    for who in names:
        ports.aliases.link(store, who, HERS)
        linked = ports.visitors.load(store, who)
        assert ports.visitors.commit(Commit(linked, replace(linked, alias=replace(HERS, joined=True))))

    told, cursor = [], None
    while True:
        page = ports.memberships.log_of_visitor(store, ANNA, cursor, 2)
        told += [line.flip.cause for line in page.items]
        if (cursor := page.cursor) is None:
            break
    assert told == [f"merge:{who}" for who in reversed(names)]
