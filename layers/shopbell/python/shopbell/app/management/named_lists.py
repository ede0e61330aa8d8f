"""The product list that a selection names: there, and with something to show."""

from collections.abc import Iterator
from dataclasses import dataclass

from shopbell.domain.clock import Clock
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.plan import Plan, Selection
from shopbell.ports import Tops


@dataclass(frozen=True, slots=True)
class CheckLists:
    tops: Tops
    now: Clock

    def __call__(self, store: StoreId, selection: Selection, path: str) -> None:
        """Rejected at that path for a list that the store has not."""
        name = selection.options.get("list")
        if name is not None and all(one.name != name for one in self.tops.named(store)):
            raise Rejected.at(path, "is no product list of this store")

    def of_plan(self, store: StoreId, plan: Plan) -> None:
        for step in plan.steps:
            self(store, step.products, "parameters.list")

    def warnings(self, store: StoreId, plan: Plan) -> Iterator[str]:
        """Of what is switched on: a list that shows nothing, or none at all where lists are all that is shown."""
        picks = [step.products for step in plan.steps if step.enabled]
        names = {one.options["list"] for one in picks if "list" in one.options}
        if not names and all(one.algorithm != "predefined" for one in picks):
            return
        lists = self.tops.named(store)
        if not names and not lists:
            yield "the store has no product lists: `predefined` shows what products are `related` to, no more"
        for one in lists:
            if one.name in names and not one.products:
                yield f"the product list {one.name} is empty"
            elif one.name in names and not one.holds_at(self.now()):
                yield f"the product list {one.name} shows nothing at this time"
