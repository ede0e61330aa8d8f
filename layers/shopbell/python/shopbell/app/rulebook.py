"""The live rules of each store, compiled once and kept until their version changes."""

from dataclasses import dataclass, field

from shopbell.domain.ids import StoreId
from shopbell.domain.segments.definition import StoredRules
from shopbell.domain.segments.features import Ruleset, compile_rules
from shopbell.ports import Segments, Stores


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Make one for a process. A store's zone and currency are read when its rules are compiled."""

    segments: Segments
    stores: Stores
    _compiled: dict[StoreId, Ruleset] = field(default_factory=dict)

    def check(self, store: StoreId) -> Ruleset:
        """One strongly consistent read; compiles again only what has changed (ruling 9)."""
        known = self._compiled.get(store)
        if known is not None and known.version == self.segments.rules_version(store):
            return known
        fresh = self._compiled[store] = self._compile(store)
        return fresh

    def of(self, store: StoreId) -> Ruleset:
        """As last checked."""
        known = self._compiled.get(store)
        return known if known is not None else self.check(store)

    def compiled(self, rules: StoredRules) -> Ruleset:
        """Any rules of a store, live or not, as they would be evaluated there."""
        row = self.stores.get(rules.store)
        if row is None:
            return compile_rules(rules, statistics=rules.statistics)
        return compile_rules(
            rules,
            time_zone=row.time_zone,
            currency=row.currency,
            revenue_source=row.revenue_source,
            statistics=rules.statistics,
            half_life=row.affinity_half_life,
            keeps_interactions=row.keeps_interactions,
        )

    def _compile(self, store: StoreId) -> Ruleset:
        return self.compiled(self.segments.rules(store))
