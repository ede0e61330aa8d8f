"""What botocore works out anew for each call though it is the same for all of a client: endpoint and user agent."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class SameEndpoint:
    """Botocore's resolver of endpoints, asked once for each operation.

    Of a call's parameters its rules read the names of tables alone, and those only where they are ARNs; ours are
    names. Region, account and settings stay as they are for as long as the client lives.
    """

    whole: Any
    _known: dict[str, Any] = field(default_factory=dict)

    def construct_endpoint(self, operation_model: Any, call_args: Any, request_context: Any) -> Any:
        name: str = operation_model.name
        if name not in self._known:
            self._known[name] = self.whole.construct_endpoint(operation_model, call_args, request_context)
        return self._known[name]

    def auth_schemes_to_signing_ctx(self, auth_schemes: Any) -> Any:
        return self.whole.auth_schemes_to_signing_ctx(auth_schemes)


@dataclass(frozen=True, slots=True)
class SameAgent:
    """The words of the `User-Agent`, put together once: they name the client, and which of its settings differ."""

    words: str

    def to_string(self) -> str:
        return self.words


def steady(client: Any) -> None:
    """Changes the client: both cost a fifth of the CPU of a small call."""
    agent = client._user_agent_creator  # noqa: SLF001 - no setting does this
    client.meta.events.unregister("request-created.dynamodb", agent.rebuild_and_replace_user_agent_handler)
    client._user_agent_creator = SameAgent(agent.to_string())  # noqa: SLF001
    if client._ruleset_resolver is not None:  # noqa: SLF001
        client._ruleset_resolver = SameEndpoint(client._ruleset_resolver)  # noqa: SLF001
