"""What application servers see of a push service: RFC 8030, with the checks of a strict service."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.e2e.browsers.mailboxes import Channel, Mailboxes
from tests.e2e.browsers.record import Record
from tests.e2e.browsers.vapid import VapidRefusedError, check_vapid, framing_fault

LARGEST_BODY = 4096
LONGEST_TTL_S = 2_592_000
URGENCIES = {"very-low", "low", "normal", "high"}


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer to give instead of the true one; `delay` is in seconds."""

    status: int
    retry_after: int | None = None
    delay: float = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    status: int
    why: str


@dataclass(slots=True)
class WebPushDoor:
    """POST one message to one subscription. `deliver` hands a channel's waiting messages to its browser."""

    mailboxes: Mailboxes
    record: Record
    deliver: Callable[[Channel], Awaitable[None]]
    faults: list[Fault] = field(default_factory=list)

    def fail_next(self, fault: Fault, times: int = 1) -> None:
        self.faults.extend([fault] * times)

    async def post(self, request: web.Request) -> web.Response:
        body = await request.read()
        token = request.match_info["token"]
        headers = {name.lower(): value for name, value in request.headers.items() if name != "Authorization"}
        self.record.add("post", token=token, size=len(body), headers=headers)
        if self.faults:
            return await self._fail(self.faults.pop(0))
        channel = self.mailboxes.channels.get(token)
        if channel is None or channel.gone:
            return self._refuse(Refusal(404 if channel is None else 410, "no such subscription"))
        refusal = _header_refusal(request) or _body_refusal(request, body)
        if refusal:
            return self._refuse(refusal)
        try:
            claims = check_vapid(
                request.headers.get("Authorization"), f"https://{request.host}", channel.key, time.time()
            )
        except VapidRefusedError as error:
            return self._refuse(Refusal(error.status, str(error)))
        return await self._accept(request, channel, body, claims)

    async def _accept(
        self, request: web.Request, channel: Channel, body: bytes, claims: dict[str, object]
    ) -> web.Response:
        ttl, topic = min(int(request.headers["TTL"]), LONGEST_TTL_S), request.headers.get("Topic")
        message = self.mailboxes.put(channel, body, ttl, topic, time.time())
        urgency = request.headers.get("Urgency")
        self.record.add(
            "accepted",
            id=message.id,
            token=channel.token,
            ttl=ttl,
            topic=topic,
            urgency=urgency,
            vapid=claims,
        )
        await self.deliver(channel)
        location = f"https://{request.host}/message/{message.id}"
        return web.Response(status=201, headers={"Location": location, "TTL": str(ttl)})

    async def _fail(self, fault: Fault) -> web.Response:
        await asyncio.sleep(fault.delay)
        response = self._refuse(Refusal(fault.status, "a fault that the test asked for"))
        if fault.retry_after is not None:
            response.headers["Retry-After"] = str(fault.retry_after)
        return response

    def _refuse(self, refusal: Refusal) -> web.Response:
        self.record.add("refused", status=refusal.status, why=refusal.why)
        return web.json_response({"code": refusal.status, "message": refusal.why}, status=refusal.status)


def _header_refusal(request: web.Request) -> Refusal | None:
    ttl, topic = request.headers.get("TTL", ""), request.headers.get("Topic", "")
    if not ttl.isdecimal():
        return Refusal(400, f"TTL {ttl!r} is not a number of seconds")
    if request.headers.get("Urgency", "normal") not in URGENCIES:
        return Refusal(400, "unknown Urgency")
    if len(topic) > 32 or not all(c.isascii() and (c.isalnum() or c in "-_") for c in topic):
        return Refusal(400, f"Topic {topic!r} is not 32 base64url characters")
    return None


def _body_refusal(request: web.Request, body: bytes) -> Refusal | None:
    if len(body) > LARGEST_BODY:
        return Refusal(413, f"{len(body)} bytes")
    if body and request.headers.get("Content-Encoding") != "aes128gcm":
        return Refusal(415, "Content-Encoding is not aes128gcm")
    fault = framing_fault(body) if body else None
    return Refusal(400, fault) if fault else None
