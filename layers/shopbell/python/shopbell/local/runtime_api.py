"""The Lambda Runtime API for one execution environment: hands out invocations, takes their answers.

Source: AWS Lambda developer guide, "Using the Lambda runtime API" (version 2018-06-01).
"""

from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event as Signal
from typing import Final

from shopbell.domain.clock import Duration, Instant
from shopbell.local.loopback import Handler, Server
from shopbell.local.mappings.doors import Broke, Outcome, Returned

_PREFIX: Final = "/2018-06-01/runtime"


@dataclass(frozen=True, slots=True)
class Invocation:
    """One event on its way to the handler; `deadline` is when the function will be stopped."""

    request: str
    function: str
    payload: bytes
    deadline: Instant


@dataclass(slots=True)
class RuntimeApi:
    """What `awslambdaric` talks to. One invocation at a time, as in Lambda."""

    ready: Signal = field(default_factory=Signal)
    """Set at the first call for an invocation, or when there will be none because initialising failed."""
    _next: SimpleQueue[Invocation | None] = field(default_factory=SimpleQueue)
    _answers: SimpleQueue[tuple[str | None, Outcome]] = field(default_factory=SimpleQueue)
    _server: Server = field(init=False)

    def __post_init__(self) -> None:
        api = self

        class Bound(_RuntimeHandler):
            runtime = api

        self._server = Server(Bound).start("runtime-api")

    @property
    def address(self) -> str:
        return self._server.url.removeprefix("http://")

    def call(self, invocation: Invocation, wait: Duration) -> Outcome | None:
        """The handler's answer, or None when there was none within `wait`."""
        self._next.put(invocation)
        while True:
            try:
                request, outcome = self._answers.get(timeout=wait / 1000)
            except Empty:
                return None
            if request in (None, invocation.request):
                return outcome

    def end(self, outcome: Outcome) -> None:
        """The process has ended: whoever waits gets this."""
        self._answers.put((None, outcome))
        self.ready.set()

    def close(self) -> None:
        self._next.put(None)
        self._server.stop()

    def take(self) -> Invocation | None:
        self.ready.set()
        return self._next.get()

    def put(self, request: str | None, outcome: Outcome) -> None:
        self._answers.put((request, outcome))


class _RuntimeHandler(Handler):
    """The paths of the Runtime API."""

    runtime: RuntimeApi

    def do_GET(self) -> None:  # noqa: N802 - http.server calls it
        if self.path != f"{_PREFIX}/invocation/next":
            self.answer(404)
            return
        invocation = self.runtime.take()
        if invocation is None:
            self.close_connection = True
            return
        self.answer(
            200,
            invocation.payload,
            (
                ("Lambda-Runtime-Aws-Request-Id", invocation.request),
                ("Lambda-Runtime-Deadline-Ms", str(invocation.deadline)),
                ("Lambda-Runtime-Invoked-Function-Arn", invocation.function),
                ("Content-Type", "application/json"),
            ),
        )

    def do_POST(self) -> None:  # noqa: N802
        body = self.content()
        match self.path.removeprefix(_PREFIX).split("/"):
            case ["", "invocation", request, "response"]:
                self.runtime.put(request, Returned(body))
            case ["", "invocation", request, "error"]:
                self.runtime.put(request, Broke(body))
            case ["", "init", "error"]:
                self.runtime.end(Broke(body))
            case _:
                self.answer(404)
                return
        self.answer(202, b"{}")
