"""The trail of changes: newest first, each store its own, read on from where a page ended."""

from shopbell.domain.audit import AuditLine, FieldChange
from shopbell.domain.ids import StoreId

from tests.contract.worlds import NOW, Ports


def line(store: StoreId, number: int, at: int = NOW) -> AuditLine:
    changes = (FieldChange("name", None, {"de": ["a", 1]}), FieldChange("size", 1, None))
    return AuditLine(
        store, f"{number:012x}", at + number, "12345678", "admin", "editStore", "PATCH", "/v1/store", 200, changes
    )


def test_lines_come_back_whole_and_newest_first(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    lines = [line(store, number) for number in range(5)]
    for one in (lines[3], lines[0], lines[4], lines[1], lines[2]):
        ports.callers.audit.add(one)
    ports.callers.audit.add(line(other_store, 9))
    page = ports.callers.audit.page(store, NOW, NOW + 10, None, 10)
    assert (list(page.items), page.cursor) == (lines[::-1], None)


def test_only_what_lies_between_is_read(ports: Ports, store: StoreId) -> None:
    for number in range(5):
        ports.callers.audit.add(line(store, number))
    found = ports.callers.audit.page(store, NOW + 1, NOW + 4, None, 10)
    assert [one.at - NOW for one in found.items] == [3, 2, 1]


def test_pages_go_on_where_they_ended_whatever_comes_meanwhile(ports: Ports, store: StoreId) -> None:
    for number in range(5):
        ports.callers.audit.add(line(store, number))
    first = ports.callers.audit.page(store, NOW, NOW + 10, None, 2)
    ports.callers.audit.add(line(store, 7))
    second = ports.callers.audit.page(store, NOW, NOW + 10, first.cursor, 2)
    third = ports.callers.audit.page(store, NOW, NOW + 10, second.cursor, 2)
    assert [one.at - NOW for page in (first, second, third) for one in page.items] == [4, 3, 2, 1, 0]
    assert third.cursor is None
