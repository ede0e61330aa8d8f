"""The trail of changes over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, Field, JsonValue

from shopbell.app.management.audit import Asked, ReadAudit
from shopbell.domain.audit import AuditLine
from shopbell.domain.clock import Instant, format_instant, parse_instant
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.runtime.http import reading
from shopbell.runtime.http.answer import Answer
from shopbell.runtime.http.auditing import Auditing
from shopbell.runtime.http.management_answers import ListOut
from shopbell.runtime.http.management_ports import Ports
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.request import Request
from shopbell.runtime.http.shapes import json_of


class ChangeOut(BaseModel):
    """What is longer than 2,000 bytes is `{"omitted_bytes": n}`; secrets and codes are never in it."""

    field: str
    before: JsonValue
    after: JsonValue


class WhoOut(BaseModel):
    """The key that called, as `GET /v1/keys` lists it."""

    id: str | None
    name: str | None
    role: str | None


class AuditLineOut(BaseModel):
    """`operation` as this document names it. Paths of visitors are without their ids, which erasure must forget."""

    id: str
    at: str
    key: WhoOut
    operation: str
    method: str
    path: str
    status: int = Field(
        description="503: the call broke off; `changes` are what it had written by then, if anything."
    )
    changes: list[ChangeOut] = Field(description="Empty where the call has left the thing as it was.")


_QUERY: Final[Mapping[str, Json]] = {
    **reading.PAGE,
    "from": {"type": "string", "format": "date-time"},
    "to": {"type": "string", "format": "date-time", "description": "Before it."},
    "key": {"type": "string", "maxLength": 64, "description": "The id of a key."},
    "operation": {"type": "string", "maxLength": 64},
    "path": {"type": "string", "maxLength": 512, "description": "What the path begins with."},
}

OPERATIONS: Final = (
    Operation(
        "listAudit",
        "GET",
        "/v1/audit",
        "Who changed what",
        "Store",
        Managed("admin"),
        answer=ListOut[AuditLineOut],
        query=_QUERY,
        description=(
            "A line for each management call that changed something, or by which data left as a file (an export, "
            "`format=csv`, a job that answered with its `download_url`), newest first, kept 400 days. A page may be "
            "short and still not the last."
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class AuditCalls:
    read: ReadAudit
    auditing: Auditing

    @classmethod
    def over(cls, ports: Ports) -> "AuditCalls":
        trail = ports.keys.audit
        return cls(ReadAudit(trail, ports.keys.api, ports.now), Auditing(trail, ports.random, ports.now))

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {"listAudit": self._list}

    def _list(self, store: StoreId, request: Request) -> Answer:
        text = request.query.get
        asked = Asked(_moment(request, "from"), _moment(request, "to"), text("key"), text("operation"), text("path"))
        page = self.read(store, asked, reading.cursor_of(request), reading.limit_of(request))
        names = self.read.names(store)
        return reading.listed(request, page, lambda line: _line(line, names))


def _moment(request: Request, name: str) -> Instant | None:
    text = request.query.get(name)
    try:
        return None if text is None else parse_instant(text)[0]
    except ValueError:
        raise Rejected.at(name, "must be an instant as in RFC 3339") from None


def _line(line: AuditLine, names: Mapping[str, str]) -> AuditLineOut:
    return AuditLineOut(
        id=line.id,
        at=format_instant(line.at),
        key=WhoOut(id=line.key, name=names.get(line.key or ""), role=line.role),
        operation=line.operation,
        method=line.method,
        path=line.path,
        status=line.status,
        changes=[
            ChangeOut(field=one.field, before=json_of(one.before), after=json_of(one.after)) for one in line.changes
        ],
    )
