"""What a rule would do before it is saved: how many, who for example, and who only just not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.management.segments.reach import history_from
from shopbell.app.management.segments.rules import ReadRule, words
from shopbell.app.management.segments.survey import Asked, Findings, Survey
from shopbell.domain.clock import Instant
from shopbell.domain.errors import NotFound
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.rules.graph import leaves
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.rules.paths import leaf_at, negated
from shopbell.domain.sampling import Estimate, scaled
from shopbell.domain.segments.definition import Segment
from shopbell.domain.segments.pivots import failing

SHOWN: Final = 20
"""Sample members and near misses that an answer names, each."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A visitor whom the rule would let in now; `expires_at`: when time alone would take them out again."""

    visitor: VisitorId
    reachable: bool
    entered_at: Instant
    expires_at: Instant | None


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A visitor whom one leaf alone keeps out; the sentence says what it asks for."""

    visitor: VisitorId
    failing: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Group:
    """Visitors of whom one thing is true: how many in the store, how many of those reachable, some of the sample."""

    size: Estimate
    reachable: int
    members: tuple[Likely, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """`history_from`: what the rule counts beyond it is no longer in the log; None: the log holds all it needs."""

    group: Group
    near_misses: tuple[NearMiss, ...]
    sentence: str
    visitors: Estimate
    sampled: int
    history_from: Instant | None


@dataclass(frozen=True, slots=True)
class PreviewSegment:
    survey: Survey
    read: ReadRule

    def __call__(self, store: StoreId, raw: Json) -> Preview:
        """Raises Rejected with paths below `rule`."""
        row, known = self.survey.stores.get(store), self.survey.segments.all(store)
        if row is None:
            raise NotFound(store)
        rule = self.read(store, raw, known)
        parts = [leaf_at(raw, path) for path, _ in leaves(rule)]
        findings = self.survey(store, [raw, *parts])
        near = _near_misses(findings, raw, known)
        reach = history_from(parts, row.created_at, findings.now) if findings.fresh else None
        inside = [asked for asked in findings.rows if asked.truths[0]]
        group = group_of(findings, inside, 0)
        return Preview(group, near, words(rule, known), findings.sample.size, len(findings.rows), reach)


def group_of(findings: Findings, rows: Sequence[Asked], rule: int) -> Group:
    """What the rows say of the whole store; `rule` is the one whose end makes them leave."""
    size = scaled(len(rows), len(findings.rows), findings.sample.size)
    reachable = sum(row.profile.reachable for row in rows)
    share = round(size.value * reachable / len(rows)) if rows else 0
    return Group(size, share, tuple(_likely(findings, row, rule) for row in rows[:SHOWN]))


def _likely(findings: Findings, row: Asked, rule: int) -> Likely:
    until = findings.expires_at(row, rule) if row.truths[rule] else None
    return Likely(row.visitor, row.profile.reachable, findings.now, until)


def _near_misses(findings: Findings, raw: Json, known: Sequence[Segment]) -> tuple[NearMiss, ...]:
    rule = parse_rule(raw)
    paths = [path for path, _ in leaves(rule)]
    found: list[NearMiss] = []
    for asked in findings.rows:
        place = failing(rule, asked.truths[1:])
        if place is not None:
            found.append(NearMiss(asked.visitor, paths[place], _wanted(raw, paths[place], known)))
        if len(found) == SHOWN:
            break
    return tuple(found)


def _wanted(raw: Json, path: str, known: Sequence[Segment]) -> str:
    """The leaf as the rule wants it: turned round where a `not` stands above it."""
    leaf = leaf_at(raw, path)
    wanted: Json = {"not": leaf} if negated(path) else leaf
    return words(parse_rule(wanted), known)
