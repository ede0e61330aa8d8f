"""Static lists: what they are called, and who is on them."""

from collections.abc import Sequence
from typing import Protocol

from shopbell.domain.ids import ListId, StoreId, VisitorId
from shopbell.domain.lists import VisitorList
from shopbell.ports.paging import Page


class Lists(Protocol):
    def get(self, store: StoreId, name: ListId) -> VisitorList | None: ...

    def all(self, store: StoreId) -> Sequence[VisitorList]:
        """In the order of their ids."""

    def save(self, row: VisitorList, *, expected: int | None) -> bool:
        """`expected` is the revision that was read, None to create; False: someone else was faster."""

    def delete(self, store: StoreId, name: ListId) -> None:
        """The list alone: its members must have gone before. No error if it is not there."""


class ListMembers(Protocol):
    def among(self, store: StoreId, name: ListId, visitors: Sequence[VisitorId]) -> frozenset[VisitorId]:
        """Those of them who are on it, strongly consistent."""

    def page(self, store: StoreId, name: ListId, shard: int, cursor: str | None, limit: int) -> Page[VisitorId]:
        """In the order of visitor ids."""

    def add(self, store: StoreId, name: ListId, visitors: Sequence[VisitorId]) -> None: ...

    def remove(self, store: StoreId, name: ListId, visitors: Sequence[VisitorId]) -> None: ...

    def count(self, store: StoreId, name: ListId) -> int:
        """Over all shards, strongly consistent."""


class LineUploads(Protocol):
    """Lines that wait to be taken in by a job, such as visitors of a list; they go by themselves after a week."""

    def keep(self, store: StoreId, upload: str, number: int, lines: Sequence[str]) -> None: ...

    def read(self, store: StoreId, upload: str, number: int) -> Sequence[str]:
        """NotFound if it has gone."""

    def drop(self, store: StoreId, upload: str, parts: int) -> None:
        """All parts of an upload; no error if they are gone."""
