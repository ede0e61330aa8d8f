"""Suggest rules from a store's own data: what its visitors did fills templates, and a sample says how big each is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.management.segments.preview import Group, group_of
from shopbell.app.management.segments.rules import words
from shopbell.app.management.segments.survey import Findings, Survey
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.profile import Profile
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.suggestions.evidence import Observed, gather, observe
from shopbell.domain.suggestions.templates import candidates

MOST: Final = 10
LOOKED_AT: Final = 96
"""Visitors whose logs fill the templates: enough to see what most of a store's visitors care for."""
NOBODY: Final = "Nobody has visited the store yet: suggestions are made from what visitors do."
NOTHING: Final = "What the visitors did so far suggests no rule that tells some of them from the others."
ALL_THERE: Final = "The store has a segment for each rule that its data suggests."


@dataclass(frozen=True, slots=True)
class Suggestion:
    rule: Json
    sentence: str
    group: Group


@dataclass(frozen=True, slots=True)
class Suggested:
    """`why`: the reason why there are none; None where there are some."""

    items: tuple[Suggestion, ...]
    why: str | None = None


@dataclass(frozen=True, slots=True)
class SuggestSegments:
    survey: Survey

    def __call__(self, store: StoreId) -> Suggested:
        """Up to ten rules, none of which a segment of the store has already, unless it was put away."""
        began, profiles = self.survey.now(), self.survey.profiles(store, LOOKED_AT)
        if not profiles:
            return Suggested((), NOBODY)
        seen = gather(self.survey.in_time(self._observe, profiles, began))
        known = self.survey.segments.all(store)
        taken = {parse_rule(row.rule) for row in known if row.state != "archived"}
        every = candidates(seen)
        rules = [rule for rule in every if parse_rule(rule) not in taken]
        if not rules:
            return Suggested((), ALL_THERE if every else NOTHING)
        findings = self.survey(store, rules)
        items = tuple(
            Suggestion(rules[place], words(parse_rule(rules[place]), known), _group(findings, place))
            for place in _telling(findings, len(rules))[:MOST]
        )
        return Suggested(items, None if items else NOTHING)

    def _observe(self, profile: Profile) -> Observed:
        return observe(profile, self.survey.log(profile))


def _group(findings: Findings, place: int) -> Group:
    return group_of(findings, [row for row in findings.rows if row.truths[place]], place)


def _telling(findings: Findings, rules: int) -> Sequence[int]:
    """The rules that hold for some and not for all, and each for others than those before it."""
    found: dict[tuple[bool, ...], int] = {}
    for place in range(rules):
        column = tuple(row.truths[place] for row in findings.rows)
        if any(column) and not all(column):
            found.setdefault(column, place)
    return sorted(found.values())
