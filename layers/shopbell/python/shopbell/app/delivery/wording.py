"""The words of a run: each of its variants parsed once, or the one content that it has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopbell.app.delivery.letters import Addressee
from shopbell.domain import naming
from shopbell.domain.addressing import place_of
from shopbell.domain.clock import Duration
from shopbell.domain.events import Json
from shopbell.domain.profile import Profile
from shopbell.domain.rendering import Composer
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.landing import landed
from shopbell.domain.scenarios.selected import Pick
from shopbell.domain.store import Store


@dataclass(frozen=True, slots=True)
class Wording:
    run: Run
    composers: tuple[Composer, ...]
    """Of the variants, or of the one content and after it of the words for some."""
    half_life: Duration

    @classmethod
    def of(cls, run: Run, store: Store) -> "Wording":
        others = [one.content for one in run.content_by.texts] if run.content_by else []
        contents = [one.content for one in run.variants] or [run.content, *others]
        there = (landed(one, run.terms.landing, run.source_id) for one in contents)
        made = (Composer(one, language=store.language, origin=store.link_origin) for one in there)
        return cls(run, tuple(made), store.affinity_half_life)

    def __call__(self, profile: Profile | None, given: int | None = None) -> tuple[int, Composer]:
        """The place of a person's variant and their composer; `given`: the place that was settled on before."""
        if self.run.content_by is not None and profile is not None:
            own = place_of(self.run.content_by, profile, self.half_life)
            return 0, self.composers[0 if own is None else own + 1]
        place = given if given is not None else 0 if profile is None else self.run.variant_for(profile.visitor)
        return place, self.composers[place]


def values_of(
    of: tuple[Run, Store],
    composer: Composer,
    to: Addressee,
    traits: Mapping[str, Json],
    picks: Sequence[Pick],
    coupon: Mapping[str, Json] | None,
) -> naming.Values:
    """What the words to a person may name, as far as any of them does."""
    run, store = of
    return naming.Values(
        traits,
        naming.store_named(store),
        {"source": run.source, "name": run.source_id, "run": run.id, "step": run.terms.step + 1},
        naming.cart_named(to.profile, store) if composer.names("cart") else {},
        naming.event_named(to.facts),
        naming.products_named(picks, run.source_id),
        coupon,
    )
