"""The calls that the document allows, with holes where something is named, and how the holes are filled."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.functions.isolation.asking import BODIES, QUERIES
from tests.functions.isolation.naming import kind_at
from tests.functions.isolation.places import FREE, Described

HOLE: Final = re.compile(r"\$(\{[a-z_ ]+\}|[a-z_]+)")
Choose = Callable[[str], str]
"""From a kind to the name of one."""
STATES: Final[Mapping[tuple[str, str], str]] = {
    ("archiveSegment", "segment_id"): "unused segment",
    ("activateSegment", "segment_id"): "paused segment",
    ("pauseSegment", "segment_id"): "live segment",
    ("restoreVersion", "segment_id"): "spare segment",
    ("editSegment", "segment_id"): "spare segment",
    ("weighEdit", "segment_id"): "spare segment",
    ("listVersions", "segment_id"): "spare segment",
    ("editCampaign", "campaign_id"): "draft campaign",
    ("sendCampaign", "campaign_id"): "draft campaign",
    ("scheduleCampaign", "campaign_id"): "draft campaign",
    ("unscheduleCampaign", "campaign_id"): "dated campaign",
    ("pauseCampaign", "campaign_id"): "sending campaign",
    ("cancelCampaign", "campaign_id"): "sending campaign",
    ("resumeCampaign", "campaign_id"): "paused campaign",
    ("approveCampaign", "campaign_id"): "asked campaign",
    ("discardCampaign", "campaign_id"): "draft campaign",
    ("deleteCouponPool", "pool_id"): "unused pool",
    ("deleteList", "list_id"): "unused list",
    ("cancelJob", "job_id"): "waiting job",
    ("deleteTrigger", "trigger_id"): "spare trigger",
    ("putScenario", "name"): "couponed scenario",
    ("getScenario", "name"): "scenario",
    ("getScenarioReport", "name"): "scenario",
    ("dryRunScenario", "name"): "dropping scenario",
}
"""Calls that only take a thing in one state, and names that are of another kind than elsewhere."""

NEVER_BARE: Final = frozenset({"explainVisitor", "getSegmentOverlap"})
"""Calls that one thing or another of their query must be given."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request without its key."""

    method: str
    path: str
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A call of an operation with `$kind` for each name in it."""

    operation: Described
    path: str
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def holes(self) -> list[tuple[str, str]]:
        """(place, kind) of each, in the order in which they are filled."""
        found = [(f"path.{name}", kind) for name, kind in _in_path(self.operation.path, self.path)]
        found += [hole for name, text in self.query.items() for hole in _in_text(f"query.{name}", text)]
        found += [hole for name, text in self.headers.items() for hole in _in_text(f"header.{name}", text)]
        return [*found, *_in_body("body", self.body)]

    def filled(self, choose: Choose) -> Sent:
        """`choose` is asked for each hole, one after the other."""
        path = _fill(self.path, choose)
        query = {name: _fill(text, choose) for name, text in self.query.items()}
        headers = {name: _fill(text, choose) for name, text in self.headers.items()}
        return Sent(self.operation.method, path, _fill_in(self.body, choose), query, headers)


def cases(operation: Described) -> list[Case]:
    """One for each body that is asked of it, each place of its query, each header that names something."""
    path, named = operation.path, []
    for where, name in operation.parameters:
        kind = STATES.get((operation.id, name)) or kind_at(f"{where}.{name}")
        if where == "path" and kind is not None:
            path = path.replace(f"{{{name}}}", f"${{{kind}}}")
        elif kind is not None and not any(name in query for query in QUERIES.get(operation.id, ())):
            named.append((where, name, f"${{{kind}}}"))
    bodies = BODIES[operation.id] if "requestBody" in operation.said else (None,)
    found = [Case(operation, path, body) for body in bodies if operation.id not in NEVER_BARE]
    found += [Case(operation, path, bodies[0], query) for query in QUERIES.get(operation.id, ())]
    for where, name, hole in named:
        if where == "query":
            query = {"limit": "1", name: hole} if name == "cursor" else {name: hole}
            found.append(Case(operation, path, bodies[0], query))
        else:
            found.append(Case(operation, path, bodies[0], headers={name: hole}))
    return found


def covers(hole: str, place: str) -> bool:
    """Whether what is filled in at the hole stands at that place of the document."""
    return hole == place or (place.endswith(FREE) and hole.startswith(place.removesuffix(FREE)))


def _fill(text: str, choose: Choose) -> str:
    return HOLE.sub(lambda found: choose(found[1].strip("{}")), text)


def _fill_in(body: Any, choose: Choose) -> Any:
    match body:
        case str():
            return _fill(body, choose)
        case dict():
            return {_fill(name, choose): _fill_in(inside, choose) for name, inside in body.items()}
        case list():
            return [_fill_in(inside, choose) for inside in body]
        case _:
            return body


def _in_path(template: str, path: str) -> Iterator[tuple[str, str]]:
    for name, hole in zip(template.split("/"), path.split("/"), strict=True):
        if name.startswith("{") and hole.startswith("$"):
            yield name.strip("{}"), hole[1:].strip("{}")


def _in_text(place: str, text: str) -> Iterator[tuple[str, str]]:
    return ((place, found[1].strip("{}")) for found in HOLE.finditer(text))


def _in_body(place: str, body: Any) -> Iterator[tuple[str, str]]:
    match body:
        case str():
            yield from _in_text(place, body)
        case dict():
            for name, inside in body.items():
                yield from _in_text(f"{place}.{{key}}", name)
                yield from _in_body(f"{place}.{'*' if name.startswith('$') else name}", inside)
        case list():
            for inside in body:
                yield from _in_body(f"{place}[]", inside)
