"""A stand-in for Google's push service, so that an unmodified Chromium really subscribes and really decrypts.

Chromium is told by three switches where to check in, register and connect. Its endpoints keep Google's host
names: a sender reaches this stand-in under them by a redirected connection (`push_env`).
"""

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from aiohttp import web

from tests.e2e.browsers.background import Served, serve
from tests.e2e.browsers.certificates import Authority
from tests.e2e.browsers.mailboxes import Channel, Mailboxes
from tests.e2e.browsers.mcs import Events, Mcs, Stream
from tests.e2e.browsers.protobuf import fixed64_field, number_field
from tests.e2e.browsers.record import Record
from tests.e2e.browsers.service import PUSH_CA, PUSH_CONNECT
from tests.e2e.browsers.vapid import unpadded
from tests.e2e.browsers.webpush_door import WebPushDoor

# Google's own builds use the first host, other builds of Chromium the second.
HOSTS = ("fcm.googleapis.com", "jmt17.google.com")


@dataclass(slots=True)
class Fcm:
    authority: Authority
    record: Record = field(default_factory=Record)
    mailboxes: Mailboxes = field(default_factory=Mailboxes)
    devices: dict[str, int] = field(default_factory=dict)
    streams: dict[str, Stream] = field(default_factory=dict)
    door: WebPushDoor = field(init=False)
    _served: list[Served] = field(default_factory=list)
    _mcs: list[asyncio.Server] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.door = WebPushDoor(self.mailboxes, self.record, self._deliver)

    async def start(self) -> None:
        browser_side, sender_side = web.Application(), web.Application()
        browser_side.add_routes([web.post("/checkin", self._check_in), web.post("/c2dm/register3", self._register)])
        sender_side.add_routes([web.post("/fcm/send/{token}", self.door.post)])
        self._served = [await serve(browser_side), await serve(sender_side, self.authority.server)]
        mcs = Mcs(Events(self._login, self._deliver_all, self._acked, self._gone))
        self._mcs = [await asyncio.start_server(mcs.talk, "127.0.0.1", 0, ssl=self.authority.server)]

    async def stop(self) -> None:
        for listener in self._mcs:
            listener.close()
        for server in self._served:
            await server.stop()

    def push_env(self) -> dict[str, str]:
        here = f"127.0.0.1:{self._served[1].port}"
        return {
            PUSH_CONNECT: ",".join(f"{host}:443={here}" for host in HOSTS),
            PUSH_CA: str(self.authority.ca_file),
        }

    def chromium_switches(self) -> list[str]:
        browser_side, mcs_port = self._served[0].port, self._mcs[0].sockets[0].getsockname()[1]
        return [
            f"--gcm-checkin-url=http://127.0.0.1:{browser_side}/checkin",
            f"--gcm-registration-url=http://127.0.0.1:{browser_side}/c2dm/register3",
            f"--gcm-mcs-endpoint=https://localhost:{mcs_port}",
            f"--ignore-certificate-errors-spki-list={self.authority.leaf_spki}",
        ]

    async def _check_in(self, _: web.Request) -> web.Response:
        device, secret = secrets.randbits(62) | 1, secrets.randbits(62) | 1
        self.devices[str(device)] = secret
        self.record.add("checkin", device=str(device))
        answer = number_field(1, 1) + number_field(3, int(time.time() * 1000))
        answer += fixed64_field(7, device) + fixed64_field(8, secret) + number_field(9, 0)
        return web.Response(body=answer, content_type="application/x-protobuf")

    async def _register(self, request: web.Request) -> web.Response:
        form = {name: values[0] for name, values in parse_qs(await request.text()).items()}
        device, name = form["device"], form.get("X-subtype", "")
        if request.headers.get("Authorization") != f"AidLogin {device}:{self.devices.get(device)}":
            return web.Response(text="Error=PHONE_REGISTRATION_ERROR")
        if form.get("delete"):
            self._unregister(device, name)
            return web.Response(text=f"token={name or form['app']}")
        token = f"{secrets.token_urlsafe(12)}:{secrets.token_urlsafe(60)}"
        # Chromium registers apps of its own too; only those with a subtype are a page's push subscription.
        if name:
            key = unpadded(form["sender"])
            self.mailboxes.open(Channel(token, device, name, key, form["app"], form["sender"]))
            self.record.add("register", token=token)
        return web.Response(text=f"token={token}")

    def _unregister(self, device: str, name: str) -> None:
        for channel in self.mailboxes.of_device(device):
            if channel.name == name:
                channel.gone = True
                self.record.add("unregister", token=channel.token)

    async def _login(self, stream: Stream, device: str, secret: int) -> bool:
        if self.devices.get(device) != secret:
            return False
        stream.device = device
        self.streams[device] = stream
        self.record.add("login", device=device)
        return True

    async def _deliver_all(self, stream: Stream) -> None:
        for channel in self.mailboxes.of_device(stream.device):
            for message in channel.pending.values():
                message.sent = False
            await self._deliver(channel)

    async def _deliver(self, channel: Channel) -> None:
        stream = self.streams.get(channel.device)
        if stream is None:
            return
        for message in self.mailboxes.take_unsent(channel, time.time()):
            stream.send_push(channel, message)
        await stream.writer.drain()

    def _acked(self, stream: Stream, message_id: str) -> None:
        if self.mailboxes.forget(stream.device, message_id):
            self.record.add("ack", id=message_id, code=100)

    def _gone(self, stream: Stream) -> None:
        if self.streams.get(stream.device) is stream:
            del self.streams[stream.device]
