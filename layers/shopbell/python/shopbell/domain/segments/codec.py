"""A profile as bytes and back: compact, and canonical, so that equal profiles have equal bytes."""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId, SubscriptionId, VisitorId
from shopbell.domain.ledger import Ledger
from shopbell.domain.membership import Flip
from shopbell.domain.orders import Orders
from shopbell.domain.part import Part
from shopbell.domain.profile import Profile, Trait, revised
from shopbell.domain.scenarios.stored import ran_from, ran_rows, step_rows, steps_from
from shopbell.domain.segments.lazily import Later, Said, instants_later, instants_to_bytes
from shopbell.domain.subscriptions import SubscriptionFact

FORMAT: Final = 3
_TRIMMED: Final = 1
_WAITING: Final = 2
"""Among the facts is something that is not yet written to members and log, or a message that waits."""
_NEVER: Final = -1
_HEAD: Final = struct.Struct(">BBqqIIIIII")
"""Format, flags, first and last seen; bytes of members, exits, facts, cart, sessions and interactions."""


_BLANK: Final = Profile(StoreId(""), VisitorId(""))


@dataclass(slots=True, unsafe_hash=True)
class StoredProfile:
    """Bodies of the three items; an empty one is not stored. Version, rules and wake-up are attributes beside P.

    Never changed; not frozen, since one is made with every event.
    """

    p: bytes
    l: bytes  # noqa: E741 - the parts are called P, L and V everywhere
    v: bytes


def dump(profile: Profile) -> StoredProfile:
    """Canonical: independent of the order in which anything was folded. What was never decoded is copied."""
    members, exits, ledger = instants_to_bytes(profile.memberships), instants_to_bytes(profile.left), profile.ledger
    facts, cart, sessions, interactions = _facts(profile), profile.cart, profile.sessions, profile.interactions
    waiting = _WAITING if facts and (profile.unsettled or profile.stale or profile.steps) else 0
    head = _HEAD.pack(
        FORMAT,
        waiting | (_TRIMMED if ledger.trimmed else 0),
        _NEVER if profile.first_seen is None else profile.first_seen,
        _NEVER if profile.last_seen is None else profile.last_seen,
        len(members),
        len(exits),
        len(facts),
        len(cart),
        len(sessions),
        len(interactions),
    )
    body = b"".join((head, members, exits, facts, cart, sessions, interactions, ledger.p.packed))
    return StoredProfile(body, ledger.l.packed, ledger.v.packed)


def load(
    store: StoreId,
    visitor: VisitorId,
    stored: StoredProfile,
    version: int,
    rules_version: int,
    wake_at: Instant | None,
) -> Profile:
    """The very profile that was dumped. ValueError if the bytes are of a format this release does not know."""
    if not stored.p or stored.p[0] != FORMAT:
        raise ValueError(f"profile format {stored.p[:1].hex() or 'missing'} is unknown")
    body = stored.p
    _, flags, first, last, members, exits, facts, cart, sessions, interactions = _HEAD.unpack_from(body)
    exits += (members := members + _HEAD.size)
    cart += (facts := facts + exits)
    interactions += (sessions := sessions + cart)
    profile = revised(
        _BLANK,
        store=store,
        visitor=visitor,
        version=version,
        rules_version=rules_version,
        ledger=Ledger(Part(body[interactions:]), Orders(stored.l), Part(stored.v), flags & _TRIMMED > 0),
        memberships=instants_later(body[_HEAD.size : members]),
        left=instants_later(body[members:exits]),
        wake_at=wake_at,
        first_seen=None if first == _NEVER else first,
        last_seen=None if last == _NEVER else last,
        cart=body[facts:cart],
        sessions=body[cart:sessions],
        interactions=body[sessions:interactions],
    )
    return _with_facts(profile, body[exits:facts], waiting=bool(flags & _WAITING)) if facts > exits else profile


def load_apart(store: StoreId, visitor: VisitorId, stored: StoredProfile) -> Profile:
    """What L and V alone say of the visitor, for who needs no more; it has version 0, and nobody may commit it."""
    return revised(_BLANK, store=store, visitor=visitor, ledger=Ledger(l=Orders(stored.l), v=Part(stored.v)))


def _with_facts(profile: Profile, facts: bytes, *, waiting: bool) -> Profile:
    said = Said(facts)
    return revised(
        profile,
        # Decoded at once where something waits, so that nobody takes the bytes with it for those without
        traits=_traits(said) if waiting else Later(facts, lambda _: _traits(said)),
        subscriptions=Later(facts, lambda _: _subscriptions(said)),
        scores=Later(facts, lambda _: said.get("scores", {})),
        ran=Later(facts, lambda _: ran_from(said.get("ran", {}))),
        unsettled=tuple(_flip(row) for row in said.get("unsettled", ())) if waiting else (),
        stale=tuple(said.get("stale", ())) if waiting else (),
        steps=steps_from(said.get("steps", ())) if waiting else (),
    )


def _facts(profile: Profile) -> bytes:
    """What is small, rare or of any shape, as JSON; nothing at all for most visitors."""
    waiting = profile.unsettled or profile.stale or profile.steps
    traits, scores, ran = profile.traits, profile.scores, profile.ran
    if type(traits) is not Later:
        if not (waiting or traits or profile.subscriptions or scores or ran):
            return b""
    elif type(profile.subscriptions) is Later and type(scores) is Later and type(ran) is Later and not waiting:
        raw: bytes = cast("Later[str, Trait]", traits).raw
        return raw
    said = {name: row for name, row in _said(profile).items() if row}
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode() if said else b""


def _said(profile: Profile) -> Mapping[str, object]:
    rows = sorted(profile.subscriptions.values(), key=lambda fact: fact.id)
    return {
        "traits": {name: [row.received_at, row.request, row.value] for name, row in profile.traits.items()},
        "subscriptions": [[getattr(fact, name) for name in _FACT] for fact in rows],
        "unsettled": [[getattr(flip, name) for name in _FLIP] for flip in profile.unsettled],
        "stale": list(profile.stale),
        "scores": dict(profile.scores),
        "ran": ran_rows(profile.ran),
        "steps": step_rows(profile.steps),
    }


def _traits(said: Said) -> Mapping[str, Trait]:
    return {name: Trait(*row) for name, row in said.get("traits", {}).items()}


def _subscriptions(said: Said) -> Mapping[SubscriptionId, SubscriptionFact]:
    rows: Sequence[Sequence[Any]] = said.get("subscriptions", ())
    facts = [SubscriptionFact(*[_frozen(value) for value in row[: len(_FACT)]]) for row in rows]
    return {fact.id: fact for fact in facts}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _flip(row: Sequence[Any]) -> Flip:
    return Flip(**dict(zip(_FLIP, row, strict=False)))


_FACT: Final = tuple(SubscriptionFact.__dataclass_fields__)
_FLIP: Final = tuple(Flip.__dataclass_fields__)
"""Fields are written in their order; one added at the end is read from older bytes as its default."""
