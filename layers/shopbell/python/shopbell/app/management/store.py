"""A store's own settings."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Final

import orjson

from shopbell.app.turning import followed, standing, turned
from shopbell.domain.clock import Clock, Instant, parse_duration
from shopbell.domain.errors import Conflict
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.stores import StorePatchIn
from shopbell.domain.pauses import after
from shopbell.domain.segments.refold import settings_of
from shopbell.domain.store import Store
from shopbell.ports import FoldSettings, Segments, Stores

_FOLDED: Final = frozenset({"time_zone", "currency", "revenue_source", "affinity_half_life"})
"""What decides how events are folded, or what is made of them."""
Build = Callable[[StoreId], object]
"""`app.building.StartBuild`: touch every visitor."""


@dataclass(frozen=True, slots=True)
class ReadStore:
    stores: Stores

    def __call__(self, store: StoreId) -> Store:
        return standing(self.stores, store)


@dataclass(frozen=True, slots=True)
class EditStore:
    stores: Stores
    segments: Segments
    folding: FoldSettings
    build: Build
    moved: Callable[[Store], object]
    """The store keeps another time: `app.scenarios.keeping.KeepCalendar.moved`."""
    now: Clock

    def __call__(self, store: StoreId, given: StorePatchIn, expected: str | None = None) -> Store:
        """What is left out (or null) stays as it is, or as somebody else has it by then.

        `expected`: the mark of the store as it was read; Conflict (412) where it is another, also at the write.

        Where the time zone, the currency, the source of revenue or the half-life changes, everyone is folded anew.
        Whoever repeats such a call that broke off finishes it.
        """
        edited = turned(self.stores, store, lambda row: self._with(row, given, expected))
        followed(self.stores, edited, lambda row: self._follow(row, given))
        return edited

    def _with(self, row: Store, given: StorePatchIn, expected: str | None) -> Store:
        if expected is not None and expected != mark(row):
            raise Conflict("It was changed by somebody else in the meantime: read it again.", status=412)
        edited = _paused(_edited(row, given), self.now())
        if settings_of(edited) != settings_of(row):
            self.folding.note_settings(row.id, settings_of(row))
        return edited

    def _follow(self, edited: Store, given: StorePatchIn) -> None:
        if given.model_fields_set & _FOLDED:
            self._fold_anew(edited)
        if given.time_zone is not None:
            self.moved(edited)

    def _fold_anew(self, edited: Store) -> None:
        rules, settings = self.segments.rules(edited.id), settings_of(edited)
        if not rules.version or not rules.settings:
            return  # nothing was folded yet, or never under other settings
        self.folding.fold_under(edited.id, settings)
        self.build(edited.id)


def _edited(row: Store, given: StorePatchIn) -> Store:
    half_life, limits, holdout = given.affinity_half_life, given.limits, given.global_holdout_percent
    return replace(
        row,
        name=given.name or row.name,
        contact=given.contact or row.contact,
        time_zone=given.time_zone or row.time_zone,
        currency=given.currency or row.currency,
        language=given.language or row.language,
        origins=row.origins if given.origins is None else given.origins,
        click_domains=row.click_domains if given.click_domains is None else given.click_domains,
        revenue_source=given.revenue_source or row.revenue_source,
        affinity_half_life=parse_duration(half_life) if half_life else row.affinity_half_life,
        sending=given.sending or row.sending,
        caps=row.caps if limits is None else limits,
        quiet_hours=given.quiet or row.quiet_hours,
        global_holdout_percent=row.global_holdout_percent if holdout is None else holdout,
        consent_required=row.consent_required if given.consent_required is None else given.consent_required,
        approve_over=row.approve_over if given.approve_over is None else given.approve_over,
        approval=given.approval or row.approval,
        learning=given.learning or row.learning,
        attribution=given.attribution.window if given.attribution else row.attribution,
    )


def _paused(edited: Store, now: Instant) -> Store:
    """Since when it sends nothing, or that this is over."""
    since, paused = edited.paused_at, edited.sending == "paused"
    if paused and since is None:
        return replace(edited, paused_at=now)
    if not paused and since is not None:
        return replace(edited, paused_at=None, pauses=after(edited.pauses, (since, now)))
    return edited


def mark(store: Store) -> str:
    """Differs whenever anything of the store does."""
    return hashlib.sha256(orjson.dumps({one.name: getattr(store, one.name) for one in fields(store)})).hexdigest()[
        :16
    ]
