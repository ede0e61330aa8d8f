"""The public HTTP API as a shop's server, a storefront and a marketer's script call it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import urllib3

from tests.e2e.system.waiting import eventually


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Api:
    """Calls with one key; `ok` demands success and answers the body."""

    url: str
    key: str | None
    http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(maxsize=16, retries=False))

    def call(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        sent = dict(headers or {})
        if self.key is not None:
            sent.setdefault("Authorization", f"Bearer {self.key}")
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        reply = self.http.request(method, self.url + path, body=data, headers=sent, timeout=120)
        kind = reply.headers.get("content-type", "")
        parsed = json.loads(reply.data) if "json" in kind and reply.data else reply.data.decode(errors="replace")
        return Answer(reply.status, parsed, {name.lower(): value for name, value in reply.headers.items()})

    def ok(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
        answer = self.call(method, path, body, headers)
        assert answer.status < 300, f"{method} {path} answered {answer.status}: {answer.body}"
        return answer.body

    def items(self, path: str) -> Iterator[Any]:
        """Every item of a list, page by page."""
        cursor: str | None = None
        joiner = "&" if "?" in path else "?"
        while True:
            page = self.ok("GET", f"{path}{joiner}cursor={cursor}" if cursor else path)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return


@dataclass(frozen=True, slots=True)
class Shop:
    """A store of its own with one client for each of its keys."""

    store_id: str
    storefront: Api
    server: Api
    marketer: Api
    vapid_public_key: str

    def segment(self, name: str, rule: object) -> str:
        """A segment that is active, which takes as long as its build."""
        made = self.marketer.ok("POST", "/v1/segments", {"name": name, "rule": rule})
        segment = str(made["id"])
        self.marketer.ok("POST", f"/v1/segments/{segment}/activate")
        eventually(
            lambda: self.marketer.ok("GET", f"/v1/segments/{segment}")["state"] == "active",
            f"segment {name} to be built",
        )
        return segment

    def members(self, segment: str) -> set[str]:
        return {item["visitor_id"] for item in self.marketer.items(f"/v1/segments/{segment}/members?limit=100")}
