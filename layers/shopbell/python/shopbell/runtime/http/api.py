"""Routes behind Powertools' resolver: each request gets an answer, each answer its headers, none a traceback."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopbell.domain.errors import ShopbellError
from shopbell.domain.events import Json
from shopbell.runtime.http.answer import Answer
from shopbell.runtime.http.auditing import LOST, UNREAD
from shopbell.runtime.http.cors import permission, preflight
from shopbell.runtime.http.operation import Operation, Route
from shopbell.runtime.http.problem import problem, refused
from shopbell.runtime.http.request import Request, read_request
from shopbell.runtime.http.watch import Watch

REFUSED: Final = 400
MAX_SAID: Final = 10
"""Faults of one call that its log line names."""
_SAYABLE: Final = re.compile(r"[a-z0-9_.]{0,80}", re.ASCII)
SECURITY: Final[Mapping[str, str]] = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


class _Resolver(APIGatewayHttpResolver):
    """Ids are the shops': a path's part may hold any character but a slash, where Powertools allows some."""

    @staticmethod
    def _compile_regex(rule: str, base_regex: str = "") -> re.Pattern[str]:  # noqa: ARG004 - Powertools' signature
        return re.compile(re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", rule) + r"\Z", re.DOTALL)


class HttpApi:
    """Serves events of API Gateway's HTTP API (payload format 2.0)."""

    def __init__(
        self, routes: Sequence[Route], beside: Sequence[Operation] = (), always: Mapping[str, str] | None = None
    ) -> None:
        """`beside`: calls that another function serves; a wrong method on their paths may come here.

        `always`: headers of every answer.
        """
        self._always = {**SECURITY, **(always or {})}
        known = (*(route.operation for route in routes), *beside)
        self._known = [(operation, _pattern(operation.path)) for operation in known]
        self._resolver = _Resolver()
        for route in routes:
            rule = route.operation.path.replace("{", "<").replace("}", ">")
            self._resolver.route(rule, route.operation.method)(self._endpoint(route))
        self._resolver.not_found(self._nothing)

    def __call__(self, event: Mapping[str, Any], context: LambdaContext, watch: Watch) -> dict[str, Any]:
        request = read_request(event, {})
        if request.method == "OPTIONS":
            answer = preflight(request.origin)
            answered: dict[str, Any] = {"statusCode": answer.status, "headers": dict(answer.headers), "body": ""}
        else:
            # Powertools empties its context after each request
            self._resolver.context["watch"] = watch
            answered = dict(self._resolver.resolve(event, context))
        watch.count({f"answered_{answered['statusCode'] // 100}xx": 1})
        return answered

    def _endpoint(self, route: Route) -> Callable[..., Response[str]]:
        def endpoint(**params: str) -> Response[str]:
            request = read_request(self._resolver.current_event.raw_event, params)
            return self._seen(route.operation.id, request, self._answer(route, request))

        return endpoint

    def _answer(self, route: Route, request: Request) -> Answer:
        try:
            return route.handle(request)
        except ShopbellError as exc:
            return refused(exc)
        except Exception as exc:  # noqa: BLE001 - the caller gets a problem document; the fault is logged and counted
            self._watch.fault("failed", exc, reason=route.operation.id)
            return problem(500, "The fault is logged; the same call may succeed later.")

    def _nothing(self, _: NotFoundError) -> Response[str]:
        request = read_request(self._resolver.current_event.raw_event, {})
        methods = sorted({known.method for known, pattern in self._known if pattern.fullmatch(request.path)})
        if methods and request.method not in methods:
            refusal = replace(problem(405, f"It takes {', '.join(methods)}."), headers={"allow": ", ".join(methods)})
            return self._seen("none", request, refusal)
        return self._seen("none", request, problem(404, "No such path; /openapi.json lists those there are."))

    def _seen(self, operation: str, request: Request, answer: Answer) -> Response[str]:
        """Counted, and said if any of it was refused; then with the headers that all answers share."""
        self._watch.count(answer.counts)
        for lost in (LOST, UNREAD):
            if lost in answer.counts:
                self._watch.say(lost, reason=operation)
        if answer.status >= REFUSED or answer.faults:
            self._watch.count({f"refused_{answer.status}": 1})
            faults: Json = [fault for fault in answer.faults[:MAX_SAID] if _SAYABLE.fullmatch(fault)]
            self._watch.say("refused", reason=f"{operation} {answer.status}", failed=faults)
        headers: dict[str, str | list[str]] = {
            **self._always,
            **answer.headers,
            **permission(request.origin, readable=answer.readable),
        }
        return Response(answer.status, answer.content_type, answer.text, headers=headers)

    @property
    def _watch(self) -> Watch:
        watch: Watch = self._resolver.context["watch"]
        return watch


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)), re.DOTALL)
