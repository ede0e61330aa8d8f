"""Profiles in memory: the same one transaction over profile, members, log and candidates."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from shopbell.adapters.flips import numbered
from shopbell.adapters.memory.sends import MemorySends
from shopbell.adapters.memory.world import MemoryWorld, page_of
from shopbell.domain.ids import SegmentId, StoreId, VisitorId, visitor_hash, visitor_shard
from shopbell.domain.membership import Flip, LogLine, Member, merged_flip
from shopbell.domain.part import NOTHING, PARTS, PartName
from shopbell.domain.profile import Commit, Profile, revised
from shopbell.domain.scenarios.missing import counted
from shopbell.ports import Page


@dataclass(frozen=True, slots=True)
class MemoryVisitors:
    world: MemoryWorld

    def load(self, store: StoreId, visitor: VisitorId) -> Profile:
        with self.world.lock:
            return self.world.profiles.get((store, visitor)) or Profile(store, visitor)

    def load_many(
        self, store: StoreId, visitors: Sequence[VisitorId], parts: Collection[PartName] = PARTS
    ) -> Mapping[VisitorId, Profile]:
        with self.world.lock:
            found = {who: self.world.profiles.get((store, who)) for who in visitors}
        known = {who: profile for who, profile in found.items() if profile is not None}
        if len(parts) == len(PARTS):
            return known
        return {who: _only(profile, parts) for who, profile in known.items() if _has(profile, parts)}

    def commit(self, commit: Commit) -> bool:
        store, who, version = commit.after.store, commit.after.visitor, commit.before.version
        with self.world.lock:
            stored = self.load(store, who)
            if stored.version != version or stored.rules_version > commit.after.rules_version:
                return False
            after = commit.after.with_version(version + 1)
            self.world.profiles[store, who] = after
            for flip, repeat in numbered(commit.flips):
                self._flip(after, flip, repeat)
            for segment in set(commit.refreshed) - {flip.segment for flip in commit.flips}:
                known = self.world.members.get((store, segment), {}).get(who)
                self._enter(after, segment, after.memberships[segment], known.version if known else 0)
            self._merge(commit)
            for candidate in commit.candidates:
                key = (candidate.send_at, store, who)
                self.world.candidates.setdefault(candidate.scenario, {})[key] = candidate
            for place, counts in counted(commit).items():
                rows = self.world.counters.setdefault((store, place.subject), {})
                rows[place.row] = "", Counter(rows.get(place.row, ("", {}))[1]) + Counter(counts)
        return True

    def walk(self, store: StoreId, shard: int, cursor: str | None, limit: int) -> Page[VisitorId]:
        with self.world.lock:
            whole = [who for who in self._of_shard(store, shard) if not self._joined(store, who)]
        return page_of(whole, lambda who: visitor_hash(store, who).hex(), cursor, limit)

    def by_hash(self, store: StoreId, shard: int, digest: bytes) -> VisitorId | None:
        with self.world.lock:
            whole = self._of_shard(store, shard)
        return next((who for who in whole if visitor_hash(store, who) == digest), None)

    def _of_shard(self, store: StoreId, shard: int) -> list[VisitorId]:
        shards = self.world.shards(store)
        return [
            who for owner, who in self.world.profiles if owner == store and visitor_shard(store, who, shards) == shard
        ]

    def _joined(self, store: StoreId, who: VisitorId) -> bool:
        alias = self.world.profiles[store, who].alias
        return alias is not None and alias.joined

    def _merge(self, commit: Commit) -> None:
        customer, after = commit.joins, commit.after
        if customer is not None and after.alias is not None:
            line = LogLine(customer, merged_flip(after.visitor, after.alias.at), 0)
            self.world.log.setdefault((after.store, customer), []).append((line, 0))
            MemorySends(self.world).hand_over(after.store, after.visitor, customer)

    def _flip(self, after: Profile, flip: Flip, repeat: int) -> None:
        line = LogLine(after.visitor, flip, after.version)
        self.world.log.setdefault((after.store, after.visitor), []).append((line, repeat))
        if flip.change == "entered":
            self._enter(after, flip.segment, after.memberships.get(flip.segment, flip.at), flip.version)
        else:
            self.world.members.get((after.store, flip.segment), {}).pop(after.visitor, None)

    def _enter(self, after: Profile, segment: SegmentId, entered_at: int, version: int) -> None:
        row = Member(after.visitor, entered_at, after.reachable, version)
        self.world.members.setdefault((after.store, segment), {})[after.visitor] = row


def _has(profile: Profile, parts: Collection[PartName]) -> bool:
    return "P" in parts or any(profile.ledger.part(part).packed for part in parts)


def _only(profile: Profile, parts: Collection[PartName]) -> Profile:
    ledger = profile.ledger
    for part in set(PARTS).difference(parts):
        ledger = ledger.having(part, NOTHING)
    if "P" in parts:
        return revised(profile, ledger=ledger, version=0)
    return Profile(profile.store, profile.visitor, ledger=replace(ledger, trimmed=False))
