"""Settings of the store that decide what an event counts for: when one changes, what was folded is folded anew."""

import json
from dataclasses import replace

from shopbell.domain.part import part_of
from shopbell.domain.segments.definition import StoredRules
from shopbell.domain.store import Store
from shopbell.domain.visits.interactions import HALF_LIFE

_PLAIN = frozenset({"event", "keep", "between"})
"""A feature of these alone matches the same events whatever the settings are."""


def settings_of(store: Store) -> str:
    """Equal for stores that fold every event alike."""
    settings = [store.time_zone, store.currency, store.revenue_source]
    settings += [str(store.affinity_half_life)] if store.affinity_half_life != HALF_LIFE else []
    settings += ["interactions"] if store.keeps_interactions else []
    return "|".join(settings)


def noted(rules: StoredRules, settings: str) -> StoredRules:
    """The same rules, said to be folded under these settings; a version is not needed for that."""
    return replace(rules, settings=settings)


def refolded(rules: StoredRules, settings: str) -> StoredRules:
    """The version that folds every visitor's log anew under other settings.

    What the old settings let in may not stay, so every feature that they can touch gets a bit that was never used;
    the old ones are stripped. All rules count as redefined: what turns by it has the cause `definition` and starts
    no scenario.
    """
    version, next_bit = rules.version + 1, rules.next_bit
    next_bit = max(next_bit, max(rules.bits.values(), default=-1) + 1)
    bits = dict(rules.bits)
    for key in sorted(rules.bits):
        if _depends(key):
            bits[key], next_bit = next_bit, next_bit + 1
    return replace(
        rules,
        version=version,
        rules=tuple(replace(row, since=version) for row in rules.rules),
        bits=bits,
        features_since=version,
        next_bit=next_bit,
        settings=settings,
    )


def _depends(key: str) -> bool:
    """By what the key says: conditions read money and the clock, purchases count by who reports them."""
    shape = json.loads(key)
    return not shape.keys() <= _PLAIN or part_of(shape["event"]) == "L"
