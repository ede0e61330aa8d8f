"""What is served as it lies in the package: the OpenAPI document, its readable page, the storefront's scripts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shopbell.domain.errors import NotFound
from shopbell.runtime.http.answer import JSON, Answer, answer
from shopbell.runtime.http.request import Request
from shopbell.runtime.http.tracking_answers import HealthOut

HERE: Final = Path(__file__).parent
DOCUMENT: Final = HERE / "openapi.json"
_DOCS: Final = HERE / "docs.html"
_SCRIPT: Final = "text/javascript; charset=utf-8"
_CSP: Final = (
    "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_BRIEFLY: Final = {"cache-control": "public, max-age=300"}


@dataclass(frozen=True, slots=True)
class Pages:
    """`sdk`: the folder of the storefront's scripts, which the layer's build puts beside the package."""

    sdk: Path

    def of(self, operation: str) -> Callable[[Request], Answer]:
        """KeyError for an operation that is no page: the table of operations and this one must agree."""
        served: Mapping[str, Callable[[Request], Answer]] = {
            "getHealth": lambda _: answer(HealthOut(status="ok"), headers={"cache-control": "no-store"}),
            "getDocument": lambda _: _file(DOCUMENT, JSON),
            "getDocs": lambda _: _file(_DOCS, "text/html; charset=utf-8", {"content-security-policy": _CSP}),
            "getSdk": lambda _: _file(self.sdk / "shopbell.js", _SCRIPT),
            "getWorker": lambda _: _file(self.sdk / "shopbell-sw.js", _SCRIPT, {"service-worker-allowed": "/"}),
        }
        return served[operation]


def _file(path: Path, media: str, headers: Mapping[str, str] | None = None) -> Answer:
    if not path.is_file():
        raise NotFound(path.name)
    return Answer(200, path.read_text(encoding="utf-8"), media, {**_BRIEFLY, **(headers or {})})
