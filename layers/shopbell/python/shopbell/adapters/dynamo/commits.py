"""A commit as the operations of one transaction: profile, members, log and candidates (ruling 1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shopbell.adapters.dynamo import counters, keys
from shopbell.adapters.dynamo.attributes import Attribute, Item, b, flag, keyed, n, s, seconds
from shopbell.adapters.dynamo.database import Condition, delete_op, put_op, update_op
from shopbell.adapters.flips import numbered
from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.ids import SegmentId, visitor_shard
from shopbell.domain.membership import LOG_TTL, Flip, merged_flip
from shopbell.domain.profile import Alias, Candidate, Commit, Profile
from shopbell.domain.scenarios.missing import Place, counted
from shopbell.domain.segments.codec import StoredProfile, dump

CANDIDATE_TTL: Final[Duration] = 30 * DAY
"""A scenario that is switched off takes none; what it left behind goes by itself."""

Operation = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CommitTables:
    """Names of the three tables that one commit writes."""

    visitors: str
    members: str
    log: str


def operations(commit: Commit, tables: CommitTables, shards: int) -> list[Operation]:
    """The profile first; 3 + 2 per flip + refreshed + candidates + 1 for a merge + 4 of counts: at most 100."""
    after = commit.after.with_version(commit.before.version + 1)
    shard = visitor_shard(after.store, after.visitor, shards)
    return [
        *_parts(commit, after, tables.visitors, shard),
        *_member_rows(commit, after, tables.members, shard),
        *(put_op(tables.log, row) for row in _log_rows(commit, after, shard)),
        *(put_op(tables.log, row) for row in _merged_row(commit)),
        *(put_op(tables.visitors, _candidate(after, candidate)) for candidate in commit.candidates),
        *(_missed(after, place, counts, tables.visitors) for place, counts in counted(commit).items()),
    ]


def _missed(after: Profile, place: Place, counts: Mapping[str, int], table: str) -> Operation:
    names = {f"#n{number}": counters.COUNT + name for number, name in enumerate(counts)}
    values = {f":n{number}": n(count) for number, count in enumerate(counts.values())}
    added = ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
    ttl = {":ttl": seconds(place.until)}
    change = Condition(f"SET #ttl = :ttl ADD {added}", names | {"#ttl": keys.TTL}, values | ttl)
    return update_op(table, keys.counter(after.store, place.subject, place.row), change)


def _parts(commit: Commit, after: Profile, table: str, shard: int) -> Iterator[Operation]:
    old = dump(commit.before) if commit.before.version else StoredProfile(b"", b"", b"")
    new = dump(after)
    yield put_op(table, _head(after, new.p, shard), _unchanged(commit))
    for part, was, body in (("L", old.l, new.l), ("V", old.v, new.v)):
        key = keys.profile(after.store, after.visitor, part)
        if body != was:
            yield put_op(table, {**keyed(key), "body": b(body)}) if body else delete_op(table, key)


def _unchanged(commit: Commit) -> Condition:
    """Nobody wrote since it was read, and nobody with newer rules ever did (ruling 9)."""
    rules = "(attribute_not_exists(#rv) OR #rv <= :rv)"
    mine = {":rv": n(commit.after.rules_version)}
    if not commit.before.version:
        return Condition(f"attribute_not_exists(#pk) AND {rules}", {"#pk": keys.PK, "#rv": "rv"}, mine)
    version = {":ver": n(commit.before.version)}
    return Condition(f"#ver = :ver AND {rules}", {"#ver": "ver", "#rv": "rv"}, mine | version)


def _head(after: Profile, body: bytes, shard: int) -> Item:
    due = {} if after.wake_at is None else keyed(keys.due(after.store, after.visitor, after.wake_at))
    walk = keys.walk if after.alias is None or not after.alias.joined else keys.merged_walk
    return {
        **keyed(keys.profile(after.store, after.visitor)),
        **keyed(walk(after.store, after.visitor, shard)),
        **due,
        **alias_of(after.alias),
        "ver": n(after.version),
        "rv": n(after.rules_version),
        "reach": flag(after.reachable),
        "body": b(body),
    }


def alias_of(alias: Alias | None) -> Item:
    """Attributes of the profile, so that knowing whose it is costs no read of its own."""
    if alias is None:
        return {}
    return {"alias": s(alias.customer), "alias_at": n(alias.at), "joined": flag(alias.joined)}


def _member_rows(commit: Commit, after: Profile, table: str, shard: int) -> Iterator[Operation]:
    last = {flip.segment: flip for flip in commit.flips}
    for segment, flip in last.items():
        if flip.change == "entered":
            yield put_op(table, _member(after, flip, shard))
        else:
            yield delete_op(table, _member_key(after, segment, shard))
    for segment in commit.refreshed:
        if segment not in last:
            key = _member_key(after, segment, shard)
            yield update_op(table, key, _standing(after, after.memberships[segment]))


def _member_key(after: Profile, segment: SegmentId, shard: int) -> keys.Key:
    return {keys.PK: keys.members(after.store, segment, shard), keys.SK: after.visitor}


def _member(after: Profile, flip: Flip, shard: int) -> Item:
    return {
        **keyed(_member_key(after, flip.segment, shard)),
        "entered_at": n(after.memberships.get(flip.segment, flip.at)),
        "reach": flag(after.reachable),
        "ver": n(after.version),
        "segment_ver": n(flip.version),
    }


def _standing(after: Profile, entered_at: Instant) -> Condition:
    """The row of who is a member already; by which rule it entered stays as it is."""
    said = {":entered": n(entered_at), ":reach": flag(after.reachable), ":ver": n(after.version)}
    names = {"#entered": "entered_at", "#reach": "reach", "#ver": "ver"}
    return Condition("SET #entered = :entered, #reach = :reach, #ver = :ver", names, said)


def _log_rows(commit: Commit, after: Profile, shard: int) -> Iterator[Item]:
    for flip, repeat in numbered(commit.flips):
        place = (flip.at, after.version, repeat)
        row: dict[str, Attribute] = {
            **keyed(keys.log(after.store, after.visitor, flip.segment, shard, place)),
            "visitor": s(after.visitor),
            "ver": n(after.version),
            keys.TTL: seconds(flip.at + LOG_TTL),
            **_flip(flip),
        }
        yield row


def _merged_row(commit: Commit) -> Iterator[Item]:
    """Written by the commit that makes an alias joined, and by no other."""
    after = commit.after.alias
    if commit.joins is None or after is None:
        return
    flip = merged_flip(commit.after.visitor, after.at)
    row: dict[str, Attribute] = {
        **keyed(keys.merged_log(commit.after.store, after.customer, commit.after.visitor, after.at)),
        "visitor": s(after.customer),
        "ver": n(0),
        keys.TTL: seconds(flip.at + LOG_TTL),
        **_flip(flip),
    }
    yield row


def _flip(flip: Flip) -> Item:
    row = {
        "segment": s(flip.segment),
        "segment_ver": n(flip.version),
        "change": s(flip.change),
        "at": n(flip.at),
        "cause": s(flip.cause),
    }
    return row if flip.leaf is None else {**row, "leaf": s(flip.leaf)}


def _candidate(after: Profile, candidate: Candidate) -> Item:
    key = keys.candidate(candidate.scenario, after.store, after.visitor, candidate.send_at)
    return {
        **keyed(key),
        "store": s(after.store),
        "visitor": s(after.visitor),
        "send_at": n(candidate.send_at),
        "entered_at": n(candidate.entered_at),
        keys.TTL: seconds(candidate.send_at + CANDIDATE_TTL),
    }
