"""OPTIONS as API Gateway hands it to a function: the event of payload 2.0 and the answer read back.

Source: API Gateway developer guide, "AWS Lambda proxy integrations for HTTP APIs", payload format 2.0.
"""

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from shopbell.domain.clock import SECOND, Clock
from shopbell.local.clients import ACCOUNT, Clients
from shopbell.local.mappings.doors import Broke, Returned
from shopbell.local.workers import FunctionPool

ROUTE: Final = "OPTIONS /{proxy+}"
_OK: Final = 200
_FAILED: Final = 500
_BROKE: Final = b'{"message":"Internal Server Error"}'
_JSON: Final = (("content-type", "application/json"),)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; header names as the function wrote them."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Preflight:
    """The function behind the API's OPTIONS route."""

    api: str
    pool: FunctionPool
    clock: Clock

    def __call__(self, target: str, headers: Mapping[str, str], client: str) -> Answer:
        """`target` is path and query, `headers` have lower-case names, `client` is the caller's address."""
        match self.pool.invoke(json.dumps(self._event(target, headers, client)).encode()):
            case Returned(payload):
                return _answer(payload)
            case Broke():
                return Answer(_FAILED, _JSON, _BROKE)

    def _event(self, target: str, headers: Mapping[str, str], client: str) -> dict[str, Any]:
        url = urlsplit(target)
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": ROUTE,
            "rawPath": url.path,
            "rawQueryString": url.query,
            "headers": dict(headers),
            "requestContext": self._context(url.path, headers, client),
            "pathParameters": {"proxy": url.path.lstrip("/")},
            "isBase64Encoded": False,
        }
        query: dict[str, str] = {}
        for name, value in parse_qsl(url.query, keep_blank_values=True):
            query[name] = f"{query[name]},{value}" if name in query else value
        return {**event, "queryStringParameters": query} if query else event

    def _context(self, path: str, headers: Mapping[str, str], client: str) -> dict[str, Any]:
        now = self.clock()
        return {
            "accountId": ACCOUNT,
            "apiId": self.api,
            "domainName": headers.get("host", ""),
            "http": {
                "method": "OPTIONS",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": client,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": ROUTE,
            "stage": "$default",
            "time": datetime.fromtimestamp(now / SECOND, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": now,
        }


def _answer(payload: bytes) -> Answer:
    told = json.loads(payload)
    if not isinstance(told, dict) or "statusCode" not in told:
        # API Gateway takes anything else for the body of a success.
        return Answer(_OK, _JSON, payload)
    body = str(told.get("body") or "")
    headers = [(name, str(value)) for name, value in (told.get("headers") or {}).items()]
    headers += [("set-cookie", cookie) for cookie in told.get("cookies") or ()]
    written = base64.b64decode(body) if told.get("isBase64Encoded") else body.encode()
    return Answer(int(told["statusCode"]), tuple(headers), written)


def find_preflight(clients: Clients, api: str, pools: Mapping[str, FunctionPool], clock: Clock) -> Preflight | None:
    """The function of the API's OPTIONS route, by what the engine has; None when there is no such route."""
    gateway = clients("apigatewayv2")
    for route in gateway.get_routes(ApiId=api)["Items"]:
        if route["RouteKey"] == ROUTE:
            integration = route["Target"].rpartition("/")[2]
            uri: str = gateway.get_integration(ApiId=api, IntegrationId=integration)["IntegrationUri"]
            arn = uri.partition("/functions/")[2].removesuffix("/invocations") or uri
            return Preflight(api, pools[arn], clock)
    return None
