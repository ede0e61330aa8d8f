"""The words of a run: each of its variants parsed once, or the one content that it has."""

from dataclasses import dataclass

from shopbell.domain.ids import VisitorId
from shopbell.domain.rendering import Composer
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.landing import landed
from shopbell.domain.store import Store


@dataclass(frozen=True, slots=True)
class Wording:
    run: Run
    composers: tuple[Composer, ...]

    @classmethod
    def of(cls, run: Run, store: Store) -> "Wording":
        contents = [one.content for one in run.variants] or [run.content]
        there = (landed(one, run.terms.landing, run.source_id) for one in contents)
        made = (Composer(one, language=store.language, origin=store.link_origin) for one in there)
        return cls(run, tuple(made))

    def __call__(self, visitor: VisitorId | None, given: int | None = None) -> tuple[int, Composer]:
        """The place of a person's variant and its composer; `given`: the place that was settled on before."""
        place = given if given is not None else 0 if visitor is None else self.run.variant_for(visitor)
        return place, self.composers[place]
