"""The list of segments: searched, filtered, sorted, paged."""

import pytest
from shopbell.adapters.memory.runs import MemoryCounters
from shopbell.domain.clock import MINUTE

from tests.functions.http.office import Office
from tests.functions.http.world import OURS


def test_the_list_is_searched_filtered_and_paged(office: Office) -> None:
    for number in range(5):
        office.clock.now += MINUTE
        office.segment(name=f"Group {number}", tags=["even"] if number % 2 == 0 else [])
    office.clock.now += MINUTE
    used = office.active(name="Used")
    office.campaign(audience={"include": [used]})

    def names(**query: str) -> list[str]:
        return [row["name"] for row in office.manage("GET", "/v1/segments", query=query).json["items"]]

    assert names(q="group 3") == ["Group 3"]
    assert names(tag="even") == ["Group 0", "Group 2", "Group 4"]
    assert names(state="active") == names(used="true") == ["Used"]
    assert names(sort="last_changed_at", limit="2") == ["Used", "Group 4"]
    first = office.manage("GET", "/v1/segments", query={"limit": "4"}).json
    rest = office.manage("GET", "/v1/segments", query={"limit": "4", "cursor": first["next_cursor"]}).json
    assert [row["name"] for row in first["items"] + rest["items"]] == [*(f"Group {n}" for n in range(5)), "Used"]
    assert rest["next_cursor"] is None


def test_the_list_is_searched_in_sentences_and_sorted_by_size_and_use(office: Office) -> None:
    searched = office.active(name="A", rule={"event": "search"})
    office.active(name="B", rule={"in_segment": searched})
    office.segment(name="C")
    counters = MemoryCounters(office.world)
    for place, size in enumerate((2, 9)):
        name = office.manage("GET", "/v1/segments").json["items"][place]["id"]
        counters.add(OURS, f"segment:{name}", "s", "1", {"total": size, "reachable": -size + 9})

    def names(**query: str) -> list[str]:
        return [row["name"] for row in office.manage("GET", "/v1/segments", query=query).json["items"]]

    assert names(q="SEARCHED") == ["A"]
    assert names(sort="size") == ["B", "A", "C"]
    assert names(sort="reachable")[0] == "A"
    assert names(sort="used_by")[0] == "A"
    first = office.manage("GET", "/v1/segments", query={"sort": "size", "limit": "2"}).json
    assert names(sort="size", limit="2", cursor=first["next_cursor"]) == ["C"]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"state": "x"}, "state"),
        ({"used": "x"}, "used"),
        ({"sort": "x"}, "sort"),
    ],
)
def test_a_wrong_query_is_named(office: Office, query: dict[str, str], path: str) -> None:
    answer = office.manage("GET", "/v1/segments", query=query)
    assert (answer.status, [fault[0] for fault in answer.faults]) == (422, [path])


def test_tags_are_kept_once_in_their_order(office: Office) -> None:
    name = office.segment(tags=["b", "a", "b"])
    assert office.manage("GET", f"/v1/segments/{name}").json["tags"] == ["b", "a"]
    assert office.manage("PATCH", f"/v1/segments/{name}", {"tags": ["c", "c"]}).json["tags"] == ["c"]


def test_segments_are_listed_by_the_key_that_made_them(office: Office) -> None:
    name = office.segment()
    by = office.manage("GET", f"/v1/segments/{name}").json["created_by"]
    assert [row["id"] for row in office.manage("GET", "/v1/segments", query={"by": by}).json["items"]] == [name]
    assert office.manage("GET", "/v1/segments", query={"by": "another"}).json["items"] == []
