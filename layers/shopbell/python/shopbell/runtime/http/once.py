"""Behind the calls that make something: the same Idempotency-Key makes it once, and is answered the same."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import orjson

from shopbell.domain.clock import MINUTE, Clock, Duration
from shopbell.domain.errors import Conflict, ShopbellError, Unavailable
from shopbell.domain.once import REMEMBERED, Once
from shopbell.domain.store import Principal
from shopbell.ports import OnceCalls
from shopbell.runtime.http.answer import Answer
from shopbell.runtime.http.operation import Operation
from shopbell.runtime.http.reading import idempotency_key
from shopbell.runtime.http.request import Request

Carry = Callable[[Principal, Request], Answer]
KEPT: Final[Mapping[str, Duration]] = {
    "makeKey": REMEMBERED,
    "rotateKey": REMEMBERED,
    "createWebhook": REMEMBERED,
    "rotateWebhook": REMEMBERED,
    "addCouponCodes": REMEMBERED,
    "loadFeed": REMEMBERED,
    "importSubscriptions": REMEMBERED,
    "openUpload": 10 * MINUTE,  # the address that it answers is good for 15
}
"""Calls whose answers are kept, and for how long. The others find what they have made by its name."""
_SHOWN_ONCE: Final = "secret"
_FRESH: Final = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class CallOnce:
    calls: OnceCalls
    now: Clock

    def __call__(self, operation: Operation, carry: Carry, caller: Principal, request: Request) -> Answer:
        """What is refused may be said again, put right. What broke off is not done again: it may have come far.

        Conflict for the same key with something else to say, while it is being carried out, and where the answer
        had a secret, which is shown once.
        """
        given = idempotency_key(request)
        if given is None:
            return carry(caller, request)
        name, now = _hash(operation.id, request.path, given), self.now()
        begun = Once(_hash(request.raw), now + KEPT[operation.id])
        if (known := self.calls.begin(caller.store, name, begun, now)) is not None:
            return _again(known, begun)
        try:
            answer = carry(caller, request)
        except Unavailable:
            raise
        except ShopbellError:
            self.calls.end(caller.store, name, replace(begun, until=now))
            raise
        return self._ended(caller, name, begun, answer)

    def _ended(self, caller: Principal, name: str, begun: Once, answer: Answer) -> Answer:
        try:
            self.calls.end(caller.store, name, _kept(begun, answer))
        except Unavailable:
            # what was asked for is done, so that the caller must not be told otherwise; a repeat is refused
            return replace(answer, counts={**answer.counts, "answer_not_kept": 1})
        return answer


def _again(known: Once, asked: Once) -> Answer:
    if known.digest != asked.digest:
        raise Conflict("This Idempotency-Key has been used for a call that says something else.")
    if known.status == 0:
        raise Conflict(
            "The call with this Idempotency-Key is being carried out, or broke off: look at what there is by now, "
            "and use another key to make one more."
        )
    if known.shown_once is not None:
        raise Conflict(
            f"This Idempotency-Key has made {known.shown_once} already. Its secret was shown then and is not kept: "
            "if nobody has it, rotate or remove that one."
        )
    return Answer(known.status, known.text, headers=_FRESH)


def _kept(begun: Once, answer: Answer) -> Once:
    found = orjson.loads(answer.text)
    if _SHOWN_ONCE not in found:
        return replace(begun, status=answer.status, text=answer.text)
    return replace(begun, status=answer.status, shown_once=str(found.get("id") or f"a secret ({found.get('kind')})"))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
