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
from shopbell.ports import OnceCalls, RandomBytes
from shopbell.runtime.http.answer import Answer
from shopbell.runtime.http.nameless import NAMES, Nameless, named_in
from shopbell.runtime.http.operation import Operation
from shopbell.runtime.http.reading import idempotency_key
from shopbell.runtime.http.request import Request

Carry = Callable[[Principal, Request], Answer]
HEADER: Final = "idempotency-key"
KEPT: Final[Mapping[str, Duration]] = {"openUpload": 10 * MINUTE}
"""For how long an answer is kept, where not for a day: the address that it names is good for 15 minutes."""
FINDS: Final = frozenset(
    {
        "createSegment",
        "createCampaign",
        "duplicateCampaign",
        "testCampaign",
        "sendCampaign",
        "scheduleCampaign",
        "createList",
        "createTrigger",
        "createCouponPool",
        "rotateVapidKey",
    }
)
"""Calls that find what they have made by the name that they are given, however far they came: they may go on."""
_LARGEST: Final = 350_000
"""Bytes that are kept of a call: a row of the table holds 400 KB. Without its answer it is asked of what it made."""
_SHOWN_ONCE: Final = "secret"
_FRESH: Final = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class CallOnce:
    calls: OnceCalls
    random: RandomBytes
    now: Clock

    def __call__(self, operation: Operation, carry: Carry, caller: Principal, request: Request) -> Answer:
        """The answer of the first time, as it was. What was refused may be said again, put right, and what ended for
        now (503) as it was.

        Of a call that got no answer at all nobody knows how far it came: one that finds what it has made goes on,
        any other is Conflict. So is the same key with something else to say, and where the answer had a secret, which
        is shown once.
        """
        given = idempotency_key(request)
        if given is None:
            return carry(caller, request)
        field = NAMES.get(operation.id)
        own = self if field is None else replace(self, calls=Nameless(self.calls, named_in(request, field)))
        return own._once(operation, carry, caller, request, given)  # noqa: SLF001 - of this class

    def _once(self, operation: Operation, carry: Carry, caller: Principal, request: Request, given: str) -> Answer:
        name, now = _hash(operation.id, request.path, given), self.now()
        until = now + KEPT.get(operation.id, REMEMBERED)
        begun = Once(_hash(request.raw), until, owner=self.random(8).hex())
        known = self._begun(caller, name, begun)
        if known is not None and (known.digest != begun.digest or known.status or operation.id not in FINDS):
            return _again(known, begun)
        own = known or begun
        # the name of this very call: the same key means another one once this is forgotten
        named = replace(request, headers={**request.headers, HEADER: _hash(name, str(own.until))})
        try:
            answer = carry(caller, named)
        except ShopbellError as exc:
            return self._refused(operation, caller, name, own, exc)
        return self._ended(caller, name, own, answer)

    def _begun(self, caller: Principal, name: str, begun: Once) -> Once | None:
        """None: it is for this call to carry it out."""
        try:
            return self.calls.begin(caller.store, name, begun, self.now())
        except Unavailable:
            # it may be written all the same, and then it would be refused for a day though nothing was done
            known = self.calls.begin(caller.store, name, begun, self.now())
            return None if known is not None and known.owner == begun.owner else known

    def _refused(self, operation: Operation, caller: Principal, name: str, own: Once, why: ShopbellError) -> Answer:
        """Of two that came at once the other one may have carried it out."""
        finds = operation.id in FINDS
        if isinstance(why, Unavailable) and finds:
            raise why
        known = self.calls.begin(caller.store, name, own, self.now())
        if known is not None and known.status:
            return _again(known, own)
        if not self.calls.end(caller.store, name, replace(own, until=self.now())):
            return self._refused(operation, caller, name, own, why)  # it has just been answered
        raise why

    def _ended(self, caller: Principal, name: str, begun: Once, answer: Answer) -> Answer:
        kept = _kept(begun, answer)
        try:
            if len(orjson.dumps(kept)) <= _LARGEST:
                self.calls.end(caller.store, name, kept)
                return answer
        except Unavailable:
            # what was asked for is done, so that the caller must not be told otherwise
            pass
        return replace(answer, counts={**answer.counts, "answer_not_kept": 1})


def _again(known: Once, asked: Once) -> Answer:
    if known.digest != asked.digest:
        raise Conflict("This Idempotency-Key has been used for a call that says something else.")
    if known.status == 0:
        raise Conflict(
            "The call with this Idempotency-Key is being carried out, or got no answer: look at what there is by "
            "now, and use another key to make one more."
        )
    if known.shown_once is not None:
        raise Conflict(
            f"This Idempotency-Key has made {known.shown_once} already. Its secret was shown then and is not kept: "
            "if nobody has it, rotate or remove that one."
        )
    tag = {} if known.etag is None else {"etag": known.etag}
    return Answer(known.status, known.text, headers={**tag, **_FRESH})


def _kept(begun: Once, answer: Answer) -> Once:
    found = orjson.loads(answer.text)
    if found.get(_SHOWN_ONCE) is not None:
        what = str(found.get("id") or f"a secret ({found.get('kind')})")
        return replace(begun, status=answer.status, shown_once=what)
    return replace(begun, status=answer.status, text=answer.text, etag=answer.headers.get("etag"))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
