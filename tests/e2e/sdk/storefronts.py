"""The shops of the SDK tests: a bare page at every path, and the demo shop; each on an origin of its own."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from tests.e2e.sdk.tracking_api import KEY, SDK

NAME = "Test shop"
# Counts what would make the browser itself ask; survives a navigation, so that no page can hide a call.
WATCH = """
for (const [owner, name] of [[Notification, 'requestPermission'], [PushManager.prototype, 'subscribe']]) {
  const original = owner[name];
  owner[name] = function () {
    sessionStorage.asked = Number(sessionStorage.asked || 0) + 1;
    return original.apply(this, arguments);
  };
}
"""
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title>
<link rel="icon" href="data:,"></head><body style="min-height:4000px"><h1>A page</h1>
<button id="bell">Notify me</button>
<script>%(before)s
window.shopbell = function () { (shopbell.q = shopbell.q || []).push(arguments); };
shopbell('init', %(options)s);
document.getElementById('bell').onclick = () => shopbell('prompt');
</script><script src="%(api)s/sdk/shopbell.js"></script></body></html>"""


@dataclass(slots=True)
class BareShop:
    """`before` is JavaScript that runs ahead of the SDK."""

    api: str
    before: str = WATCH
    hits: list[str] = field(default_factory=list)

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.get("/shopbell-sw.js", self._worker), web.get("/{path:.*}", self._page)])
        return app

    async def _page(self, request: web.Request) -> web.Response:
        self.hits.append(str(request.rel_url))
        options = json.dumps({"api": self.api, "key": KEY})
        text = PAGE % {"before": self.before, "options": options, "api": self.api}
        return web.Response(text=text, content_type="text/html")

    async def _worker(self, _: web.Request) -> web.Response:
        return _javascript(worker_lines(self.api))


@dataclass(slots=True)
class DemoShop:
    """The demo's own files, with what its server puts into them."""

    api: str
    products: Path
    folder: Path = SDK / "demo"

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get("/shopbell-sw.js", self._worker),
                web.get("/products.json", self._products),
                web.get("/{path:.*}", self._file),
            ]
        )
        return app

    async def _file(self, request: web.Request) -> web.StreamResponse:
        file = self.folder / (request.match_info["path"] or "index.html")
        if not file.is_file():
            return web.Response(status=404)
        if file.suffix != ".html":
            return web.FileResponse(file)
        text = file.read_text().replace("__API_URL__", self.api).replace("__PUBLISHABLE_KEY__", KEY)
        return web.Response(text=text, content_type="text/html")

    async def _products(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(self.products)

    async def _worker(self, _: web.Request) -> web.Response:
        return _javascript(worker_lines(self.api))


def worker_lines(api: str) -> str:
    settings = json.dumps({"api": api, "key": KEY, "name": NAME})
    return f"self.SHOPBELL = {settings};\nimportScripts(self.SHOPBELL.api + '/sdk/shopbell-sw.js');\n"


def _javascript(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/javascript")
