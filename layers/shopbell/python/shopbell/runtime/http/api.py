"""Routes behind Powertools' resolver: each request gets an answer, each answer its headers, none a traceback."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopbell.domain.errors import Rejected, ShopbellError
from shopbell.runtime.http.answer import Answer
from shopbell.runtime.http.cors import permission, preflight
from shopbell.runtime.http.operation import Route
from shopbell.runtime.http.problem import problem, problem_of
from shopbell.runtime.http.request import Request, read_request
from shopbell.runtime.http.watch import Watch

SECURITY: Mapping[str, str] = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


class HttpApi:
    """Serves events of API Gateway's HTTP API (payload format 2.0)."""

    def __init__(self, routes: Sequence[Route], watch: Watch) -> None:
        self._watch = watch
        self._known = [(route.operation, _pattern(route.operation.path)) for route in routes]
        self._resolver = APIGatewayHttpResolver()
        for route in routes:
            rule = route.operation.path.replace("{", "<").replace("}", ">")
            self._resolver.route(rule, route.operation.method)(self._endpoint(route))
        self._resolver.not_found(self._nothing)

    def __call__(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        request = read_request(event, {})
        if request.method == "OPTIONS":
            answer = preflight(request.origin)
            answered: dict[str, Any] = {"statusCode": answer.status, "headers": dict(answer.headers), "body": ""}
        else:
            answered = dict(self._resolver.resolve(event, context))
        self._watch.count(f"Answered{answered['statusCode'] // 100}xx")
        return answered

    def _endpoint(self, route: Route) -> Callable[..., Response[str]]:
        def endpoint(**params: str) -> Response[str]:
            request = read_request(self._resolver.current_event.raw_event, params)
            return _response(request, self._answer(route, request))

        return endpoint

    def _answer(self, route: Route, request: Request) -> Answer:
        operation = route.operation.id
        try:
            return route.handle(request)
        except ShopbellError as exc:
            refusal = problem_of(exc)
            faults = tuple(fault.path for fault in exc.problems[:10]) if isinstance(exc, Rejected) else ()
            self._watch.refused(operation, refusal.status, faults)
            return refusal
        except Exception as exc:  # noqa: BLE001 - the caller gets a problem document; the fault is logged and counted
            self._watch.failed(operation, exc)
            return problem(500, "The fault is logged; the same call may succeed later.")

    def _nothing(self, _: NotFoundError) -> Response[str]:
        request = read_request(self._resolver.current_event.raw_event, {})
        methods = sorted({known.method for known, pattern in self._known if pattern.fullmatch(request.path)})
        status = 405 if methods else 404
        self._watch.refused("none", status, ())
        if methods:
            refusal = problem(status, f"It takes {', '.join(methods)}.")
            return _response(request, refusal, {"allow": ", ".join(methods)})
        return _response(request, problem(status, "No such path; /openapi.json lists those there are."))


def _response(request: Request, answer: Answer, extra: Mapping[str, str] | None = None) -> Response[str]:
    allowed = permission(request.origin, readable=answer.readable)
    headers: dict[str, str | list[str]] = {**SECURITY, **answer.headers, **allowed, **(extra or {})}
    return Response(answer.status, answer.content_type, answer.text, headers=headers)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))
