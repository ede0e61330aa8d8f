"""A stand-in for Mozilla's push service: the websocket of a stock Firefox, an https door for senders."""

import secrets
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.e2e.browsers.background import Served, serve
from tests.e2e.browsers.certificates import Authority
from tests.e2e.browsers.mailboxes import Channel, Mailboxes
from tests.e2e.browsers.record import Record
from tests.e2e.browsers.service import PUSH_CA, PUSH_HOSTS
from tests.e2e.browsers.vapid import encoded, unpadded
from tests.e2e.browsers.webpush_door import WebPushDoor

Frame = dict[str, object]


@dataclass(slots=True)
class Line:
    """One open websocket; `device` is set by its hello."""

    socket: web.WebSocketResponse
    device: str = ""


@dataclass(slots=True)
class Autopush:
    """Start it with `start`; Firefox is then pointed to `socket_url`.

    Firefox only stores the endpoint and never fetches it, so it can be https although the socket is not.
    The codes of `ack` facts: 100 delivered, 101 could not decrypt, 102 not delivered; `nack` 301 to 303: the
    service worker failed.
    """

    authority: Authority
    record: Record = field(default_factory=Record)
    mailboxes: Mailboxes = field(default_factory=Mailboxes)
    lines: dict[str, Line] = field(default_factory=dict)
    door: WebPushDoor = field(init=False)
    _served: list[Served] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.door = WebPushDoor(self.mailboxes, self.record, self._deliver)

    async def start(self) -> None:
        browser_side, sender_side = web.Application(), web.Application()
        browser_side.add_routes([web.get("/", self._talk)])
        sender_side.add_routes([web.post("/wpush/v2/{token}", self.door.post)])
        self._served = [await serve(browser_side), await serve(sender_side, self.authority.server)]

    async def stop(self) -> None:
        for line in list(self.lines.values()):
            await line.socket.close()
        for server in self._served:
            await server.stop()

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self._served[0].port}/"

    @property
    def origin(self) -> str:
        return f"https://127.0.0.1:{self._served[1].port}"

    def push_env(self) -> dict[str, str]:
        return {PUSH_HOSTS: self.origin, PUSH_CA: str(self.authority.ca_file)}

    async def forget_everyone(self) -> None:
        """Lose all subscriptions: on its next hello Firefox gets a new id and drops its own."""
        for channel in self.mailboxes.channels.values():
            channel.gone, channel.device = True, ""
        for line in list(self.lines.values()):
            await line.socket.close(code=1001)

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        line = Line(web.WebSocketResponse(protocols=("push-notification",)))
        await line.socket.prepare(request)
        async for frame in line.socket:
            if frame.type == WSMsgType.TEXT:
                await self._answer(line, frame.json())
        if self.lines.get(line.device) is line:
            del self.lines[line.device]
        return line.socket

    async def _answer(self, line: Line, frame: Frame) -> None:
        answers: dict[str, Callable[[Line, Frame], Awaitable[None]]] = {
            "hello": self._hello,
            "register": self._register,
            "unregister": self._unregister,
            "ack": self._ack,
            "nack": self._nack,
        }
        kind = str(frame.get("messageType", "ping"))
        if kind == "ping":
            await line.socket.send_str("{}")
        elif kind in answers:
            await answers[kind](line, frame)
        else:
            self.record.add("ignored", frame=frame)

    async def _hello(self, line: Line, frame: Frame) -> None:
        said = str(frame.get("uaid") or "")
        known = bool(said) and bool(self.mailboxes.of_device(said))
        line.device = said if known else uuid.uuid4().hex
        self.lines[line.device] = line
        self.record.add("hello", device=line.device, known=known)
        await line.socket.send_json(
            {
                "messageType": "hello",
                "uaid": line.device,
                "status": 200,
                "use_webpush": True,
                "broadcasts": {},
            }
        )
        for channel in self.mailboxes.of_device(line.device):
            await self._deliver(channel)

    async def _register(self, line: Line, frame: Frame) -> None:
        token, name = secrets.token_urlsafe(48), str(frame["channelID"])
        key = unpadded(str(frame["key"])) if frame.get("key") else None
        self.mailboxes.open(Channel(token, line.device, name, key))
        self.record.add("register", token=token)
        endpoint = f"{self.origin}/wpush/v2/{token}"
        await line.socket.send_json(
            {"messageType": "register", "channelID": name, "status": 200, "pushEndpoint": endpoint}
        )

    async def _unregister(self, line: Line, frame: Frame) -> None:
        name = str(frame["channelID"])
        channel = self.mailboxes.named(line.device, name)
        if channel:
            channel.gone = True
        self.record.add("unregister", token=channel.token if channel else None)
        await line.socket.send_json({"messageType": "unregister", "channelID": name, "status": 200})

    async def _ack(self, line: Line, frame: Frame) -> None:
        updates = frame["updates"]
        for update in updates if isinstance(updates, list) else []:
            self.mailboxes.forget(line.device, update["version"])
            self.record.add("ack", id=update["version"], code=update.get("code"))

    async def _nack(self, _: Line, frame: Frame) -> None:
        self.record.add("nack", id=frame.get("version"), code=frame.get("code"))

    async def _deliver(self, channel: Channel) -> None:
        line = self.lines.get(channel.device)
        if line is None or line.socket.closed:
            return
        for message in self.mailboxes.take_unsent(channel, time.time()):
            frame: Frame = {
                "messageType": "notification",
                "channelID": channel.name,
                "version": message.id,
                "ttl": message.ttl,
            }
            if message.body:
                frame |= {"data": encoded(message.body), "headers": {"encoding": "aes128gcm"}}
            await line.socket.send_json(frame)
