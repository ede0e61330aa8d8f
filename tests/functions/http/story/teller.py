"""Makes the calls that the contract shows, in a store in memory, and keeps each request with the answer it got."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from shopbell.adapters.webpush.keys import pair_of
from shopbell.runtime.http.management_ports import KeyPorts
from shopbell.runtime.http.openapi import OPERATIONS
from shopbell.runtime.http.operation import Managed, Open, Operation

from tests.functions.http.office import Office
from tests.functions.http.world import MGMT, PUB, SRV, Answered

BY_ID = {operation.id: operation for operation in OPERATIONS}
REFUSED = 400
STALE = '"999"'
OTHER = "qTt0m1x2RzcWyJsYW1wIl0"
"""A cursor that another list gave."""
SHOWN_HEADERS = ("etag", "cache-control")
LONG = frozenset({"parameter_help"})
Example = dict[str, Any]


@dataclass
class StoryOffice(Office):
    """What it draws depends on the call alone, so that a call more changes no other's example."""

    calling: str = ""
    draws: Counter[str] = field(default_factory=Counter)

    def _random(self, length: int) -> bytes:
        self.draws[self.calling] += 1
        seed = f"{self.calling} {self.draws[self.calling]}".encode()
        return b"".join(sha256(seed + bytes([part])).digest() for part in range(length // 32 + 1))[:length]

    def _keys(self) -> KeyPorts:
        return replace(super()._keys(), pair=self._pair)

    def _pair(self) -> tuple[bytes, str]:
        drawn = pair_of(self._random(32))
        return drawn.private_pem, drawn.public_key


@dataclass
class Teller:
    """`told`: operation to {"requests": […], "answers": […]}, as the files of examples hold them."""

    office: StoryOffice
    told: dict[str, dict[str, list[Example]]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    server: str = SRV

    def tell(
        self,
        name: str,
        body: Any = None,
        *,
        says: str = "",
        status: int | None = None,
        key: str | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        of: Mapping[str, str] | None = None,
        **named: str,
    ) -> Any:
        """The answer's JSON. An update is first tried with a stale tag.

        `of` or `named`: what stands in the path; `status`: where it is not the usual one; `says`: what it shows.
        """
        operation = BY_ID[name]
        params = {**(of or {}), **{one.rstrip("_"): value for one, value in named.items()}}
        path = operation.path.format(**params)
        given = self._headers(operation, path, headers or {})
        wanted = status or operation.status
        if "if-match" in operation.takes and wanted < REFUSED and (headers is None):
            stale = self._call(operation, path, body, key, query, {**given, "if-match": STALE})
            self._keep(name, stale, 412, "Somebody else changed it first")
        if wanted < REFUSED and takes_nothing(operation) and not self._of(name)["answers"]:
            odd = self._call(operation, path, body, key, {"verbose": "true"}, {})
            self._keep(name, odd, 422, "A parameter that it does not take")
        answer = self._call(operation, path, body, key, query, given)
        self._keep(name, answer, wanted, says)
        if answer.status < REFUSED:
            self._remember(path, answer)
            request = {"says": says, "path": params, "query": dict(query or {}), "headers": given, "body": body}
            kept = {part: value for part, value in request.items() if value not in ("", {}, None)}
            self._of(name)["requests"].append(kept)
        return answer.json if answer.text and _is_json(answer) else None

    def shorten(self, name: str, field_name: str, length: int) -> None:
        """Of the latest request: a long list is shown by its beginning."""
        body = self.told[name]["requests"][-1]["body"]
        body[field_name] = body[field_name][:length]

    def shorten_items(self, name: str, length: int) -> None:
        """Of the latest answer."""
        body = self.told[name]["answers"][-1]["body"]
        body["items"] = body["items"][:length]

    def _call(
        self,
        operation: Operation,
        path: str,
        body: Any,
        key: str | None,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str],
    ) -> Answered:
        self.office.calling = operation.id
        match operation.access:
            case Managed():
                return self.office.manage(operation.method, path, body, key=key or MGMT, headers=headers, query=query)
            case Open():
                usual = None
            case keyed:
                usual = PUB if "pub" in keyed.kinds else SRV
        return self.office.call(operation.method, path, body, key=key or usual, headers=headers, query=query)

    def _headers(self, operation: Operation, path: str, headers: Mapping[str, str]) -> dict[str, str]:
        given = dict(headers)
        if "idempotency-key" in operation.takes:
            number = len(self._of(operation.id)["answers"]) + 1
            given.setdefault("idempotency-key", f"{_dashed(operation.id)}-{number}")
        tag = self.tags.get(path) or self.tags.get(path.rpartition("/")[0])
        if "if-match" in operation.takes and tag:
            given.setdefault("if-match", tag)
        return given

    def _keep(self, name: str, answer: Answered, wanted: int, says: str) -> None:
        assert answer.status == wanted, f"{name} answered {answer.status}: {answer.text}"
        shown: Example = {"status": wanted}
        if says:
            shown["says"] = says
        if headers := {
            one: answer.headers[one] for one in SHOWN_HEADERS if one in answer.headers and wanted < REFUSED
        }:
            shown["headers"] = headers
        if answer.text:
            shown["body"] = _shown(answer)
        self._of(name)["answers"].append(shown)

    def _remember(self, path: str, answer: Answered) -> None:
        if "etag" in answer.headers:
            of_its_kind = "/".join(path.split("/")[:3])
            name = answer.json.get("id")
            self.tags[f"{of_its_kind}/{name}" if name and path != "/v1/store" else path] = answer.headers["etag"]

    def _of(self, name: str) -> dict[str, list[Example]]:
        return self.told.setdefault(name, {"requests": [], "answers": []})


def takes_nothing(operation: Operation) -> bool:
    """Nothing in it can be wrong, but that more is asked than it takes."""
    says = operation.body is not None or operation.query or "idempotency-key" in operation.takes
    return isinstance(operation.access, Managed) and not says


def _shown(answer: Answered) -> Any:
    """JSON and tables whole; of a script or a page the first line."""
    if _is_json(answer):
        found = answer.json
        return {one: found[one] for one in ("openapi", "info")} if "openapi" in found else _cut(found)
    table = answer.headers["Content-Type"].startswith("text/csv")
    return answer.text if table else answer.text.strip().splitlines()[0]


def _cut(found: Any) -> Any:
    """What is explained of each of a scenario's thirty parameters would hide all else."""
    match found:
        case dict():
            return {name: _cut(value[:2] if name in LONG else value) for name, value in found.items()}
        case list():
            return [_cut(one) for one in found]
        case _:
            return found


def _is_json(answer: Answered) -> bool:
    return "json" in answer.headers["Content-Type"]


def _dashed(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower()


def text_of(told: Mapping[str, Any]) -> str:
    """As a file of examples holds it."""
    return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
