"""Say which conditions of a rule keep one visitor out of it."""

from dataclasses import dataclass

from shopbell.app.management.segments.rules import words
from shopbell.app.management.segments.survey import Survey
from shopbell.domain.events import Json
from shopbell.domain.profile import Profile
from shopbell.domain.rules.graph import leaves
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.rules.paths import leaf_at, negated
from shopbell.domain.segments.pivots import obstacles


@dataclass(frozen=True, slots=True)
class Lacking:
    survey: Survey

    def __call__(self, profile: Profile, raw: Json) -> list[Json]:
        """Each with its path in the rule and as a sentence, as the rule wants it; [] for who is meant by it."""
        rule = parse_rule(raw)
        paths = [path for path, _ in leaves(rule)]
        truths = self.survey.truths(profile, [leaf_at(raw, path) for path in paths])
        known = self.survey.segments.all(profile.store)
        found: list[Json] = []
        for place in obstacles(rule, truths):
            leaf = leaf_at(raw, paths[place])
            wanted: Json = {"not": leaf} if negated(paths[place]) else leaf
            found.append({"leaf": paths[place], "sentence": words(parse_rule(wanted), known)})
        return found
