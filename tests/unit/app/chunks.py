"""A chunk of a run in a shop in memory, and how its recipients ended."""

from shopbell.app.ends import Done, Handed, Later
from shopbell.domain.content import Content
from shopbell.domain.outcomes import NAMES
from shopbell.domain.runs import Audience, Chunk, Run

from tests.unit.app.shop import HELLO, STORE, Shop


def one_chunk(
    shop: Shop, people: int = 1, audience: Audience | None = None, content: Content = HELLO
) -> tuple[Run, Chunk]:
    run = shop.run(audience, content)
    names = [f"v{number:03d}" for number in range(people)]
    return run, shop.chunk(run, *((name, shop.subscribe(name)) for name in names))


def send(shop: Shop, chunk: Chunk, handed: Handed | None = None) -> Done | Later:
    return shop.send(chunk, handed or Handed(), shop.left)


def ends(shop: Shop, run: Run, chunk: Chunk) -> list[str]:
    ledger = shop.progress.ledger(STORE, run.id, chunk.id)
    return ["open"] * len(chunk.recipients) if ledger is None else [NAMES.get(code, "open") for code in ledger.codes]
