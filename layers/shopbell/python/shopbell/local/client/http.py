"""One HTTP client of the management API: a key, a few retries, and problem documents as errors for people."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Final
from urllib.parse import urlencode, urlsplit

from shopbell.local.ports import LOOPBACK

SECONDS: Final = 60.0
"""The longest that one call may take."""
CSV_TYPE: Final = "text/csv"
_TRIES: Final = 4
_LONGEST_WAIT: Final = 30.0
_BUSY: Final = frozenset({429, 503})
_HERE: Final = frozenset({LOOPBACK, "localhost", "::1"})
_REFUSED: Final = 409
_SO_MANY: Final = "if so many are meant, repeat with `--expected-audience` and their number"
_NEXT: Final[Mapping[int, str]] = {
    401: "{key} is unknown, revoked or of another deployment; `shopbell keys list` with a good one shows a store's",
    403: "the role of {key} may not do that; `shopbell keys list` shows roles, an admin makes a key with another",
    404: "this store has no such thing; the group's `list` shows what there is",
    409: "its state does not allow that now; `show` tells its state",
    412: "somebody changed it since it was read; look again and repeat",
    413: "too large for one call",
    429: "too many calls; wait a moment and repeat",
    503: "the service is busy; wait a moment and repeat",
}


class RefusedError(RuntimeError):
    """An answer of 400 and more; `str` is what to print, `document` the problem as it came."""

    def __init__(self, status: int, document: Mapping[str, Any], key: str = "the key") -> None:
        super().__init__(_words(status, document, key))
        self.status = status
        self.document = document

    @property
    def wants_number(self) -> bool:
        """Whether the store asks how many people a campaign is meant for."""
        return _wants_number(self.status, self.document)


class UnreachableError(RuntimeError):
    """Nothing answered, or nothing that speaks this API."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is the JSON that came, None for an empty one; of a table in CSV its text."""

    status: int
    etag: str | None
    body: Any


@dataclass(frozen=True, slots=True)
class Client:
    """Speaks for one store: the one that the key belongs to."""

    url: str
    key: str = field(repr=False)
    source: str = "the key"
    """What people call the key: where it came from."""
    sleep: Callable[[float], None] = time.sleep

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One call, repeated while the API asks to wait. Raises RefusedError and UnreachableError."""
        address = f"{self.url.rstrip('/')}{path}" + (f"?{urlencode(query)}" if query else "")
        sent = None if body is None else json.dumps(body).encode()
        given = {"Authorization": f"Bearer {self.key}", "Accept": "application/json", **(headers or {})}
        if sent is not None:
            given["Content-Type"] = "application/json"
        for left in reversed(range(_TRIES)):
            status, told, content = exchange(method, address, sent, given)
            if status not in _BUSY or not left:
                break
            self.sleep(_wait(told.get("retry-after")))
        return _answer(status, told, content, self.source)


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows nothing: a redirect would carry the key to wherever it points."""

    def redirect_request(self, *_: object) -> None:
        return None


def exchange(
    method: str, address: str, body: "bytes | IO[bytes] | None", headers: Mapping[str, str]
) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers in lower case and content, whatever the status. Raises UnreachableError."""
    _check(address)
    asked = urllib.request.Request(address, body, dict(headers), method=method)  # noqa: S310 - checked above
    try:
        with urllib.request.build_opener(_Straight()).open(asked, timeout=SECONDS) as came:
            return came.status, _lower(came.headers.items()), came.read()
    except urllib.error.HTTPError as exc:
        with exc:
            return exc.code, _lower(exc.headers.items()), exc.read()
    except (OSError, http.client.HTTPException) as exc:
        where = urlsplit(address).netloc
        raise UnreachableError(f"{where} cannot be reached: {_why(exc)}; is it running, and is --api right?") from exc


def _why(exc: Exception) -> str:
    """In the words of the system, without what Python puts around them."""
    inner = getattr(exc, "reason", exc)
    return getattr(inner, "strerror", None) or str(inner) or type(inner).__name__


def _check(address: str) -> None:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as exc:
        raise UnreachableError(f"{address} is no address: {exc}; give --api as https://api.example.com") from exc
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        raise UnreachableError(f"{address}: a key goes only over https, or to this machine")


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def _wait(told: str | None) -> float:
    seconds = float(told) if told and told.isascii() and told.isdecimal() else 1.0
    return min(max(seconds, 1.0), _LONGEST_WAIT)


def _answer(status: int, headers: Mapping[str, str], content: bytes, key: str) -> Answer:
    good = 200 <= status < 300  # noqa: PLR2004 - the range of success
    if good and headers.get("content-type", "").startswith(CSV_TYPE):
        return Answer(status, headers.get("etag"), content.decode(errors="replace"))
    try:
        body = json.loads(content) if content else None
    except ValueError:
        body = None
    if good and (body is not None or not content):
        return Answer(status, headers.get("etag"), body)
    if status < 400 or not isinstance(body, dict):  # noqa: PLR2004 - below it is no refusal
        raise UnreachableError(f"answered {status} and no JSON of this API; is --api the address of a Shopbell API?")
    raise RefusedError(status, body, key)


def _wants_number(status: int, document: Mapping[str, Any]) -> bool:
    return status == _REFUSED and "say `expected_audience`" in str(document.get("detail"))


def _words(status: int, document: Mapping[str, Any], key: str) -> str:
    faults = [f"  {fault.get('path') or '(all)'}: {fault.get('message')}" for fault in document.get("errors") or ()]
    said = document.get("detail") or document.get("title") or document.get("message") or "refused"
    tells = (
        _SO_MANY
        if _wants_number(status, document)
        else _NEXT.get(status, "correct what is named and repeat" if faults else "").replace("{key}", key)
    )
    return "\n".join([f"{status}: {said}", *faults, *([f"  what to do: {tells}"] if tells else [])])
