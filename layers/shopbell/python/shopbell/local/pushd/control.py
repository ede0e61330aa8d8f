"""The control calls, on a port of their own: make subscriptions, switch faults, read what was delivered."""

from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from shopbell.domain.subscriptions import PushService as Service
from shopbell.local.pushd.book import as_json
from shopbell.local.pushd.faults import Rule
from shopbell.local.pushd.personalities import HOSTS
from shopbell.local.pushd.receivers import Receiver, given_receiver
from shopbell.local.pushd.service import PushService, Subscribed

LARGEST: Final = 64 << 20
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_Rules: Final = TypeAdapter(tuple[Rule, ...])


class GivenKeys(BaseModel):
    """Keys that somebody else has made: base64url of 32 and of 16 bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    private_key: str
    auth: str

    def receiver(self) -> Receiver:
        return given_receiver(_bytes(self.private_key), _bytes(self.auth))


class Wanted(BaseModel):
    """Subscriptions to make at one service, bound to the store's public VAPID key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: Service
    vapid_public_key: str
    count: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    keys: tuple[GivenKeys, ...] = ()
    """If given, there is one subscription for each, whatever `count` says."""


@dataclass(frozen=True, slots=True)
class Control:
    """Every answer is JSON. `plain_origin` is where subscriptions of the service `other` lie."""

    service: PushService
    plain_origin: str

    def app(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST, middlewares=[_guard])
        app.add_routes(
            [
                web.get("/v1/summary", self._summary),
                web.post("/v1/subscriptions", self._subscribe),
                web.get("/v1/subscriptions", self._subscriptions),
                web.put("/v1/faults", self._switch),
                web.get("/v1/faults", self._faults),
                web.get("/v1/messages", self._messages),
                web.delete("/v1/messages", self._forget),
                web.get("/v1/wrong", self._wrong),
            ]
        )
        return app

    async def _summary(self, _: web.Request) -> web.Response:
        return web.json_response(self.service.book.summary())

    async def _subscribe(self, request: web.Request) -> web.Response:
        wanted = Wanted.model_validate_json(await request.read())
        host, bound_key = HOSTS.get(wanted.service), _bytes(wanted.vapid_public_key)
        origin = f"https://{host}" if host else self.plain_origin
        given = [keys.receiver() for keys in wanted.keys]
        receivers: list[Receiver | None] = [*given] if given else [None] * wanted.count
        made = [self.service.subscribe(origin, bound_key, receiver) for receiver in receivers]
        return _listed(made, 201)

    async def _subscriptions(self, _: web.Request) -> web.Response:
        return _listed(list(self.service.subscriptions), 200)

    async def _switch(self, request: web.Request) -> web.Response:
        self.service.faults.put(_Rules.validate_json(await request.read()))
        return await self._faults(request)

    async def _faults(self, _: web.Request) -> web.Response:
        faults = self.service.faults
        rules = zip(faults.rules, faults.met, strict=True)
        return web.json_response({"items": [{**rule.model_dump(mode="json"), "met": met} for rule, met in rules]})

    async def _messages(self, request: web.Request) -> web.Response:
        skip, limit = (int(request.query.get(name, default)) for name, default in (("skip", "0"), ("limit", "1000")))
        found = self.service.book.delivered(request.query.get("subscription"))
        return web.json_response({"items": [as_json(one) for one in islice(found, skip, skip + limit)]})

    async def _forget(self, request: web.Request) -> web.Response:
        self.service.book.forget()
        return await self._summary(request)

    async def _wrong(self, _: web.Request) -> web.Response:
        return web.json_response({"items": [as_json(note) for note in self.service.book.notes]})


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No page in a browser has business here; what cannot be read is 422 and says why."""
    if "Origin" in request.headers or request.host.partition(":")[0] not in ("127.0.0.1", "localhost"):
        raise web.HTTPForbidden(text="not for browsers")
    try:
        return await handler(request)
    except ValidationError as exc:
        problems = [{"path": one["loc"], "message": one["msg"]} for one in exc.errors(include_url=False)]
        return web.json_response({"problems": problems}, status=422)
    except ValueError as exc:
        return web.json_response({"problems": [{"path": [], "message": str(exc)}]}, status=422)


def _listed(found: list[Subscribed], status: int) -> web.Response:
    return web.json_response({"items": [one.to_json() for one in found]}, status=status)


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
