"""The demo shop's server: its pages with this store's address and key, its products, its two-line service worker."""

import colorsys
import hashlib
import html
import json
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from shopbell.local.loopback import Handler, Server

WORKER: Final = "/shopbell-sw.js"
_PICTURES: Final = "/images/"
_TEXT: Final = {".html", ".js", ".css", ".json", ".webmanifest"}
_NO_CACHE: Final = ("Cache-Control", "no-cache")


@dataclass(frozen=True, slots=True)
class Shop:
    """`folder` holds the pages; in their text __API_URL__ and __PUBLISHABLE_KEY__ stand for the store's."""

    folder: Path
    api_url: str
    key: str
    name: str
    products: Path

    def page(self, target: str) -> tuple[bytes, str] | None:
        """Content and type of a path, or None when there is nothing."""
        path = unquote(urlsplit(target).path)
        match path:
            case "/shopbell-sw.js":
                return self._worker().encode(), "text/javascript"
            case "/products.json":
                return (self.products.read_bytes() if self.products.exists() else b"[]"), "application/json"
            case _ if path.startswith(_PICTURES):
                return picture(Path(path).stem).encode(), "image/svg+xml"
            case _:
                return self._file(path)

    def _file(self, path: str) -> tuple[bytes, str] | None:
        home = self.folder.resolve()
        file = (home / path.lstrip("/")).resolve()
        file = file / "index.html" if file.is_dir() else file
        if not file.is_relative_to(home) or not file.is_file():
            return None
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if file.suffix not in _TEXT:
            return file.read_bytes(), kind
        text = file.read_text().replace("__API_URL__", self.api_url).replace("__PUBLISHABLE_KEY__", self.key)
        return text.encode(), f"{kind}; charset=utf-8"

    def _worker(self) -> str:
        settings = json.dumps({"api": self.api_url, "key": self.key, "name": self.name})
        return f"self.SHOPBELL = {settings};\nimportScripts(self.SHOPBELL.api + '/sdk/shopbell-sw.js');\n"


def picture(name: str) -> str:
    """A plain picture of a department: its initial on a colour of its own."""
    hue = hashlib.sha256(name.encode()).digest()[0] / 256
    red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue, 0.75, 0.45))
    initial = html.escape(name[:1].upper())
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 240">'
        f'<rect width="360" height="240" fill="rgb({red},{green},{blue})"/>'
        f'<text x="180" y="160" font-family="sans-serif" font-size="120" text-anchor="middle">{initial}</text></svg>'
    )


def shop_server(shop: Shop, port: int) -> Server:
    """A server for the shop's pages, not yet started."""

    class Bound(_ShopHandler):
        served = shop

    return Server(Bound, port)


class _ShopHandler(Handler):
    """GET and HEAD of the shop's pages."""

    served: Shop

    def do_GET(self) -> None:  # noqa: N802 - http.server calls it
        found = self.served.page(self.path)
        if found is None:
            self.answer(404, b"not found", (("Content-Type", "text/plain"),))
            return
        content, kind = found
        scope = (("Service-Worker-Allowed", "/shopbell/"),) if urlsplit(self.path).path == WORKER else ()
        self.answer(200, content, (("Content-Type", kind), _NO_CACHE, *scope))

    do_HEAD = do_GET  # noqa: N815
