"""A rule that somebody asks about and has not saved."""

from pydantic import JsonValue

from shopbell.domain.incoming.faults import Incoming


class RuleIn(Incoming):
    """Body of POST /v1/segments/preview and POST /v1/segments/{id}/impact."""

    rule: dict[str, JsonValue]
