"""Answers that name visitors are kept without the names: each stands as its place in the call, which is not kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import orjson

from shopbell.domain.clock import Instant
from shopbell.domain.errors import Rejected, Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.once import Once
from shopbell.ports import OnceCalls
from shopbell.runtime.http.request import SERVER_BODY, Request

NAMES: Final[Mapping[str, str]] = {"testCampaign": "visitor_ids"}
"""Calls whose answer names visitors, and the field of the body that named them."""


@dataclass(frozen=True, slots=True)
class Nameless:
    """What is kept outlives whoever is erased meanwhile. The same call names the same people in the same order."""

    calls: OnceCalls
    names: Sequence[str]

    def begin(self, store: StoreId, name: str, call: Once, now: Instant) -> Once | None:
        known = self.calls.begin(store, name, call, now)
        if known is None or not known.text or known.digest != call.digest:
            return known
        return replace(known, text=_each(known.text, self._name))

    def end(self, store: StoreId, name: str, call: Once) -> bool:
        """Raises Unavailable for an answer that names whom the call did not: it must not be kept."""
        return self.calls.end(store, name, replace(call, text=_each(call.text, self._place)) if call.text else call)

    def _name(self, kept: object) -> object:
        """As it stands where an earlier version of Shopbell has kept it."""
        return self.names[kept] if isinstance(kept, int) else kept

    def _place(self, name: object) -> object:
        if name not in self.names:
            raise Unavailable("an answer that names somebody else")
        return self.names.index(str(name))


def named_in(request: Request, field: str) -> Sequence[str]:
    """Nobody, of a body that will be refused."""
    try:
        body = request.json(SERVER_BODY)
    except Rejected:
        return ()
    names = body.get(field) if isinstance(body, dict) else None
    return [str(one) for one in names] if isinstance(names, list) else ()


def _each(text: str, change: Callable[[object], object]) -> str:
    """An answer of nothing but lists of visitors."""
    found: dict[str, list[object]] = orjson.loads(text)
    return orjson.dumps({key: [change(one) for one in rows] for key, rows in found.items()}).decode()
