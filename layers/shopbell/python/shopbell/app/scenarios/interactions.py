"""Have a store's visitors carry what products are picked by: folded from now on, and once from every log."""

from dataclasses import dataclass, replace

from shopbell.app.scenarios.hidden import Build
from shopbell.app.turning import followed, turned
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
        followed(self.stores, turned(self.stores, store.id, self._kept), self._follow)

    def _kept(self, row: Store) -> Store:
        kept = replace(row, keeps_interactions=True)
        if kept != row:
            nothing_folded = not self.segments.rules_version(row.id)
            self.folding.note_settings(row.id, settings_of(kept if nothing_folded else row))
        return kept

    def _follow(self, kept: Store) -> None:
        rules = self.segments.rules(kept.id)
        if not rules.version or not rules.settings:
            return  # nothing was folded yet, or never under other settings
        if self.folding.fold_under(kept.id, settings_of(kept)):
            self.build(kept.id)
