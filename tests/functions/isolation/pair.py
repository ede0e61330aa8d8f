"""One world with two stores in it and the same world with one of them: what the other one changes for the first."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.adapters.webpush.keys import pair_of
from shopbell.domain.clock import HOUR, MINUTE, SECOND, Instant
from shopbell.runtime.http.management_ports import KeyPorts

from tests.functions.http.office import Office
from tests.functions.http.world import OURS, THEIRS, Answered, key_text
from tests.functions.isolation.apart import Tables, kept, put_back, without
from tests.functions.isolation.cases import Case, Sent
from tests.functions.isolation.estate import Estate
from tests.functions.isolation.furnish import furnish

ROLES: Final = ("admin", "marketer", "viewer", "srv", "pub", "revoked", "none", "crossed")
"""`crossed`: the other store's name with our secret."""
SDK: Final = Path(__file__).parents[3] / "storefront"
FORGOTTEN: Final = MINUTE + SECOND
"""Nothing that a function keeps in its memory is believed longer."""
STALE: Final = 3 * HOUR
"""So far the clock is put on; then everything is opened anew, before what was furnished grows old."""
LATER: Final = 10_000_000
"""Where chance begins when both stores stand, in either world."""


@dataclass
class Quarter(Office):
    """An office in which the same calls draw the same keys, with keys of every role."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for store in (OURS, THEIRS):
            self.give(store, "mgmt", "viewer", "1")
            self.give(store, "mgmt", "marketer", "2")
            self.revoke(self.give(store, "mgmt", "admin", "3"), store, "mgmt")

    def _keys(self) -> KeyPorts:
        return dataclasses.replace(super()._keys(), pair=self._drawn_pair)

    def _drawn_pair(self) -> tuple[bytes, str]:
        pair = pair_of(self._random(32))
        return pair.private_pem, pair.public_key

    @property
    def queues(self) -> dict[str, MemoryQueue]:
        return {"plan": self.plan, "rebuild": self.rebuild, "send_now": self.send_now, "hooked": self.hooked}

    def begin(self, were: Tables, now: Instant) -> None:
        """As when it was kept."""
        put_back(self.world, were)
        self.clock.now, self.drawn = now, LATER
        for queue in self.queues.values():
            queue.messages.clear()
        self.watch.failures.clear()


@dataclass
class Pair:
    """`ours` and `theirs` are the two stores; `alone` is what ours would see if theirs had never been."""

    both: Quarter
    alone: Quarter
    ours: Estate
    theirs: Estate
    full: Tables
    single: Tables
    now: Instant

    @classmethod
    def found(cls) -> "Pair":
        both = Quarter(sdk=SDK)
        ours, theirs = Estate(both, OURS, "Hearthen", "hea"), Estate(both, THEIRS, "Quillby", "qui")
        for estate in (ours, theirs):
            furnish(estate)
        assert both.watch.failures == []
        return cls(
            both, Quarter(sdk=SDK), ours, theirs, kept(both.world), without(both.world, THEIRS), both.clock.now
        )

    def begin(self) -> None:
        """Both worlds as they were found, at a time at which nothing of the last try is remembered any more."""
        now = FORGOTTEN + max(self.now, self.both.clock.now, self.alone.clock.now)  # work waits, as an erasure does
        if now > self.now + STALE:
            self.both, self.alone, now = Quarter(sdk=SDK), Quarter(sdk=SDK), self.now
        self.both.begin(self.full, now)
        self.alone.begin(self.single, now)


def key_of(estate: Estate, role: str) -> str | None:
    match role:
        case "none":
            return None
        case "crossed":
            other = THEIRS if estate.store == OURS else OURS
            return key_text(other, "mgmt", "9")
        case _:
            return estate.key(role)


def best_key(case: Case) -> str:
    """The role that may make the call."""
    schemes = {name for one in case.operation.said.get("security", ()) for name in one}
    if "management" in schemes:
        return "admin"
    return "srv" if "server" in schemes else "pub" if schemes else "none"


def send(office: Office, case: Case, sent: Sent, key: str | None) -> Answered:
    call = office.manage if case.operation.managed else office.call
    return call(sent.method, sent.path, sent.body, key=key, headers=sent.headers, query=sent.query)
