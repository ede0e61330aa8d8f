"""Which product a clicked message showed, and what the catalogue says of it: a click says what its visitor likes."""

from collections.abc import Mapping

from shopbell.domain.events import ProductFacts
from shopbell.domain.ids import ProductId, VisitorId
from shopbell.domain.runs import Run
from shopbell.ports import Catalogue, Sends


def clicked_on(
    sends: Sends, catalogue: Catalogue, run: Run, visitor: VisitorId, step: int
) -> Mapping[ProductId, ProductFacts]:
    """The first product of the latest message of that step; empty where it showed none, or none that is there."""
    record = sends.of(run.store, [visitor]).get(visitor)
    sent = record.sent if record is not None else ()
    mine = (one.products for one in reversed(sent) if (one.source_id, one.step) == (run.source_id, step))
    shown = next(mine, ())[:1]
    return {name: product.facts for name, product in catalogue.get_many(run.store, shown).items()}
