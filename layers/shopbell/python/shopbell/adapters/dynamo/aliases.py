"""Whose a visitor is: an attribute of the visitor's profile, and a row with the customer, in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import keyed, n, text
from shopbell.adapters.dynamo.batches import side_by_side
from shopbell.adapters.dynamo.commits import alias_of
from shopbell.adapters.dynamo.database import Condition, Dynamo, put_op, update_op
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.adapters.dynamo.visitors import alias as alias_in
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId, VisitorId, visitor_shard
from shopbell.domain.profile import Alias

_FREE: Final = Condition("attribute_not_exists(#alias)", {"#alias": "alias"})


@dataclass(frozen=True, slots=True)
class DynamoAliases:
    dynamo: Dynamo
    table: str
    shards: Callable[[StoreId], int]

    def link(self, store: StoreId, visitor: VisitorId, alias: Alias) -> Alias:
        for _ in self.dynamo.backoff.attempts():
            known = self._known(store, visitor)
            if known is not None:
                return known
            if not self.dynamo.transact(self._operations(store, visitor, alias)):
                return alias
        raise Unavailable("the alias kept changing")

    def of(self, store: StoreId, customer: VisitorId) -> Sequence[VisitorId]:
        rows = query(self.dynamo, self.table, Where(keys.aliases(store, customer)))
        return [VisitorId(text(row, keys.SK)) for row in rows]

    def of_many(self, store: StoreId, customers: Sequence[VisitorId]) -> Mapping[VisitorId, Sequence[VisitorId]]:
        return dict(zip(customers, side_by_side(lambda one: self.of(store, one), customers), strict=True))

    def _known(self, store: StoreId, visitor: VisitorId) -> Alias | None:
        head = self.dynamo.get(self.table, keys.profile(store, visitor), "alias", "alias_at", "joined")
        return None if head is None else alias_in(head)

    def _operations(self, store: StoreId, visitor: VisitorId, alias: Alias) -> list[Mapping[str, Any]]:
        """The version goes up, so that nobody who read the profile before still writes it as a visitor's own."""
        walk = keyed(keys.walk(store, visitor, visitor_shard(store, visitor, self.shards(store))))
        said = alias_of(alias)
        sets = [f"#{name} = :{name}" for name in said]
        sets += [f"#{name} = if_not_exists(#{name}, :{name})" for name in walk]
        change = Condition(
            f"SET {', '.join(sets)} ADD #ver :one",
            {f"#{name}": name for name in (*said, *walk, "ver")},
            {**{f":{name}": value for name, value in (*said.items(), *walk.items())}, ":one": n(1)},
        )
        row = {**keyed(keys.alias(store, alias.customer, visitor)), "at": n(alias.at)}
        return [
            update_op(self.table, keys.profile(store, visitor), change, _FREE),
            put_op(self.table, row),
        ]
