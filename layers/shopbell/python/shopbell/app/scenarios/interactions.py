"""Have a store's visitors carry what products are picked by: folded from now on, and once from every log."""

from dataclasses import dataclass, replace

from shopbell.app.scenarios.hidden import Build
from shopbell.domain.segments.refold import settings_of
from shopbell.domain.store import Store
from shopbell.ports import FoldSettings, Segments, Stores


@dataclass(frozen=True, slots=True)
class KeepInteractions:
    stores: Stores
    segments: Segments
    folding: FoldSettings
    build: Build

    def __call__(self, store: Store) -> None:
        """It stays so. Whoever repeats a call that broke off finishes it."""
        kept = replace(store, keeps_interactions=True)
        if kept != store:
            nothing_folded = not self.segments.rules_version(store.id)
            self.folding.note_settings(store.id, settings_of(kept if nothing_folded else store))
            self.stores.save(kept)
        rules = self.segments.rules(store.id)
        if not rules.version or not rules.settings:
            return  # nothing was folded yet, or never under other settings
        if self.folding.fold_under(store.id, settings_of(kept)):
            self.build(store.id)
