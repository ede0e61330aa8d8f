"""The authorizer's answer: it never denies, so that the function can say why in a problem document (ruling 28)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shopbell.domain.errors import Forbidden
from shopbell.runtime.http.keyring import Keyring, presented
from shopbell.runtime.http.request import read_request


@dataclass(frozen=True, slots=True)
class Authorized:
    """`outcome` is for the counter: known, unknown, missing or misplaced (in the URL)."""

    outcome: str
    context: Mapping[str, str]

    @property
    def answer(self) -> dict[str, Any]:
        """A simple response (payload format 2.0)."""
        return {"isAuthorized": True, "context": dict(self.context)}


def authorized(event: Mapping[str, Any], keyring: Keyring) -> Authorized:
    """Store, kind and role of the key in `Authorization`; an empty context without a good one."""
    try:
        key = presented(read_request(event, {}))
    except Forbidden:
        return Authorized("misplaced", {})
    if key is None:
        return Authorized("missing", {})
    caller = keyring.of(key)
    if caller is None:
        return Authorized("unknown", {})
    who = caller.principal
    said = {"store": who.store, "kind": who.kind, "role": who.role, "key": who.key}
    return Authorized("known", {name: value for name, value in said.items() if value})
