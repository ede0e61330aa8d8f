"""Whom a schedule calls: a function through its pool, a queue through the engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shopbell.local.clients import Clients
from shopbell.local.environment import broke
from shopbell.local.mappings.doors import Outcome, Returned
from shopbell.local.mappings.engine import queue_url
from shopbell.local.schedules.book import Target
from shopbell.local.workers import FunctionPool


@dataclass(frozen=True, slots=True)
class Targets:
    """The functions of the stack by ARN, and every queue of the engine."""

    clients: Clients
    pools: Mapping[str, FunctionPool]

    def __call__(self, target: Target, written: str) -> Outcome:
        """Deliver the filled-in input and wait for its end."""
        pool = self.pools.get(target.arn)
        if pool is not None:
            return pool.invoke(written.encode())
        if target.arn.split(":")[2] == "sqs":
            self._send(target, written)
            return Returned(b"null")
        return broke("Host.UnknownTarget", f"no target of this machine: {target.arn}")

    def bury(self, target: Target) -> None:
        """Put the input of a schedule that was given up on its dead-letter queue, where it has one."""
        if target.dead_letters:
            url = queue_url(self.clients.url, target.dead_letters)
            self.clients("sqs").send_message(QueueUrl=url, MessageBody=target.input)

    def _send(self, target: Target, written: str) -> None:
        group: dict[str, Any] = {"MessageGroupId": target.message_group} if target.message_group else {}
        url = queue_url(self.clients.url, target.arn)
        self.clients("sqs").send_message(QueueUrl=url, MessageBody=written, **group)
