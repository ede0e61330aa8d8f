"""One execution environment: an `awslambdaric` process with the variables and keys of its function."""

import json
import os
import subprocess
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shopbell.domain.clock import MINUTE, SECOND, Clock, Duration
from shopbell.local.clients import REGION, Clients, Credentials
from shopbell.local.functions import Function
from shopbell.local.journal import LogFile
from shopbell.local.mappings.doors import Broke, Outcome, Returned
from shopbell.local.runtime_api import Invocation, RuntimeApi

MAX_RESPONSE: Final = 6_291_556
INIT_WAIT: Final[Duration] = 60 * SECOND
"""Lambda gives 10 s; a busy laptop gets more."""
KEYS_LAST: Final[Duration] = 50 * MINUTE
"""Keys of an assumed role live for an hour."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every environment is made with."""

    clients: Clients
    python: str
    logs: Path
    compiled: Path
    clock: Clock
    limit: int


class Environment:
    """One process of one function; it invokes one event at a time."""

    def __init__(self, function: Function, shop: Workshop, generation: int) -> None:
        self.function, self.generation, self.born = function, generation, shop.clock()
        self._clock = shop.clock
        self._api = RuntimeApi()
        self._log = LogFile(shop.logs / f"{function.label}.log")
        self._process = subprocess.Popen(
            [shop.python, "-m", "awslambdaric", function.handler],
            cwd=function.code,
            env=dict(_variables(function, shop, self._api.address)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._follow, name=f"{function.label}-log", daemon=True).start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def fresh(self, generation: int) -> bool:
        return self.alive and self.generation == generation and self._clock() - self.born < KEYS_LAST

    def invoke(self, payload: bytes) -> Outcome:
        """One invocation to its end, its timeout, or the end of the process."""
        if not self._api.ready.wait(INIT_WAIT / SECOND):
            return self._stopped("Sandbox.Timedout", "the function did not initialise")
        request = str(uuid.uuid4())
        deadline = self._clock() + self.function.timeout
        answer = self._api.call(Invocation(request, self.function.arn, payload, deadline), self.function.timeout)
        match answer:
            case None:
                seconds = self.function.timeout / SECOND
                return self._stopped("Sandbox.Timedout", f"{request} Task timed out after {seconds:.2f} seconds")
            case Returned(body) if len(body) > MAX_RESPONSE:
                return broke("Function.ResponseSizeTooLarge", f"the response has more than {MAX_RESPONSE} bytes")
            case _:
                return answer

    def close(self) -> None:
        self._process.kill()
        self._api.close()

    def _stopped(self, kind: str, why: str) -> Broke:
        self._log.line(json.dumps({"level": "ERROR", "message": why, "error_type": kind}))
        self.close()
        return broke(kind, why)

    def _follow(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - Popen was given a pipe
        for line in self._process.stdout:
            self._log.line(line)
        status = self._process.wait()
        self._api.end(broke("Runtime.ExitError", f"Runtime exited with error: exit status {status}"))


def broke(kind: str, why: str) -> Broke:
    """A failure in the shape that Lambda gives to one."""
    return Broke(json.dumps({"errorType": kind, "errorMessage": why}).encode())


def _variables(function: Function, shop: Workshop, api: str) -> Mapping[str, str]:
    keys = _role_keys(function, shop.clients)
    inherited = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {
        **inherited,
        "HOME": "/tmp",  # noqa: S108 - the one writable folder in Lambda
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PYTHONPATH": os.pathsep.join(str(one) for one in function.path),
        "PYTHONPYCACHEPREFIX": str(shop.compiled),
        "LAMBDA_TASK_ROOT": str(function.code),
        "_HANDLER": function.handler,
        **function.variables,
        "AWS_LAMBDA_RUNTIME_API": api,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": time.strftime("%Y/%m/%d/[$LATEST]") + uuid.uuid4().hex,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": shop.clients.url,
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        "AWS_SESSION_TOKEN": keys.token or "",
    }


def _role_keys(function: Function, clients: Clients) -> Credentials:
    assumed = clients("sts").assume_role(RoleArn=function.role, RoleSessionName=function.label[:64])
    keys = assumed["Credentials"]
    return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
