"""A tracking API for SDK tests, on an origin of its own: keeps what it is told, checks it, and fails on demand."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from shopbell.app.privacy.erased import TAKE_ANOTHER

from tests.e2e.sdk.contract import Event, faults_of_batch

SDK = Path(__file__).parents[3] / "storefront"
KEY = "sb_pub_test"
SLOW = 599
IDENTIFY = ("visitor_id", "customer_id", "signature")
Json = dict[str, object]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class TrackingApi:
    """`failing` maps a path to the statuses of its next answers; status 0 cuts the
    connection, SLOW answers when no page waits any more. `erased`: visitors whose events are refused.
    """

    vapid_public_key: str
    origin: str = ""
    retiring: list[str] = field(default_factory=list)
    prompt: Json = field(default_factory=dict)
    audience: Json = field(default_factory=lambda: {"show": True, "reason": None})
    asked: list[Json] = field(default_factory=list)
    landing: Json = field(default_factory=lambda: {"popup": None, "picks": []})
    failing: dict[str, list[int]] = field(default_factory=dict)
    preflights: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    events: dict[str, Event] = field(default_factory=dict)
    deliveries: list[str] = field(default_factory=list)
    receipts: list[Json] = field(default_factory=list)
    reports: list[Json] = field(default_factory=list)
    preferred: list[Json] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    identified: list[Json] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 20, middlewares=[self._cors, self._fail])
        app.add_routes(
            [
                web.get("/sdk/{file}", self._sdk),
                web.get("/v1/config", self._config),
                web.post("/v1/events", self._events),
                web.post("/v1/receipts", self._receipt),
                web.post("/v1/prompt", self._ask),
                web.post("/v1/subscriptions", self._subscribed),
                web.delete("/v1/subscriptions", self._unsubscribed),
                web.patch("/v1/subscriptions", self._preferred),
                web.post("/v1/identify", self._identified),
                web.options("/{path:.*}", self._preflight),
            ]
        )
        return app

    def of_type(self, name: str) -> list[Event]:
        return [event for event in list(self.events.values()) if event["type"] == name]

    def receipts_of(self, kind: str, message: str) -> list[Json]:
        return [r for r in list(self.receipts) if r["kind"] == kind and r["message"] == message]

    @web.middleware
    async def _cors(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin", "*")
        return response

    @web.middleware
    async def _fail(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        statuses = self.failing.get(request.path, [])
        if not statuses or request.method == "OPTIONS":
            return await handler(request)
        status = statuses.pop(0)
        if status == 0 and request.transport:
            request.transport.abort()
        if status == SLOW:
            await asyncio.sleep(2)
        return web.Response(status=status or 500)

    async def _sdk(self, request: web.Request) -> web.Response:
        text = (SDK / request.match_info["file"]).read_text()
        return web.Response(text=text, content_type="text/javascript")

    async def _config(self, request: web.Request) -> web.Response:
        self._check_key(request)
        answer = {"vapid_public_key": self.vapid_public_key, "vapid_key_id": self.vapid_public_key[-8:]}
        return web.json_response({**answer, "retiring_vapid_keys": self.retiring, "prompt": self.prompt})

    async def _events(self, request: web.Request) -> web.Response:
        body = await request.read()
        events: list[Event] = json.loads(body)["events"]
        self._check_key(request)
        self._check_simple(request)
        self.faults += faults_of_batch(body, events)
        self.bodies.append(body)
        rejected: list[Json] = []
        for index, event in enumerate(events):
            self.deliveries.append(str(event["id"]))
            if event["visitor_id"] in self.erased:
                rejected.append({"index": index, "path": TAKE_ANOTHER.path, "message": TAKE_ANOTHER.message})
            else:
                self.events.setdefault(str(event["id"]), event)
        return web.json_response({"accepted": len(events) - len(rejected), "rejected": rejected}, status=202)

    async def _receipt(self, request: web.Request) -> web.Response:
        receipt: Json = json.loads(await request.read())
        self._check_simple(request)
        if request.query_string:
            self.faults.append("a receipt carried a key")
        self.receipts.append(receipt)
        return web.json_response(self.landing if receipt["kind"] == "landed" else {})

    async def _ask(self, request: web.Request) -> web.Response:
        self._check_key(request)
        self._check_simple(request)
        self.asked.append(json.loads(await request.read()))
        return web.json_response(self.audience)

    async def _subscribed(self, request: web.Request) -> web.Response:
        self._check_key(request)
        self._check_simple(request)
        self.reports.append(json.loads(await request.read()))
        return web.json_response({}, status=201)

    async def _preferred(self, request: web.Request) -> web.Response:
        self._check_key(request)
        self.preferred.append(json.loads(await request.read()))
        return web.json_response({})

    async def _unsubscribed(self, request: web.Request) -> web.Response:
        self._check_key(request)
        self.deleted.append(json.loads(await request.read())["endpoint"])
        return web.Response(status=204)

    async def _identified(self, request: web.Request) -> web.Response:
        self._check_key(request)
        self._check_simple(request)
        body: Json = json.loads(await request.read())
        if set(body) != {"visitor_id", "customer_id", "signature"} or not all(
            isinstance(v, str) for v in body.values()
        ):
            self.faults.append(f"identify with {sorted(body)}")
        self.identified.append(body)
        return web.json_response({"visitor_id": body["visitor_id"], "customer_id": body["customer_id"]})

    async def _preflight(self, request: web.Request) -> web.Response:
        self.preflights.append(f"{request.headers['Access-Control-Request-Method']} {request.path}")
        headers = {
            "Access-Control-Allow-Methods": "POST, PATCH, DELETE",
            "Access-Control-Allow-Headers": "content-type",
        }
        return web.Response(status=204, headers=headers)

    def _check_key(self, request: web.Request) -> None:
        if request.query.get("key") != KEY:
            self.faults.append(f"{request.path} without the key")

    def _check_simple(self, request: web.Request) -> None:
        if request.content_type != "text/plain":
            self.faults.append(f"{request.path} as {request.content_type}, which costs a preflight")
