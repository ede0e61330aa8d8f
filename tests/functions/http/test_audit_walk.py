"""Every write of the OpenAPI document leaves exactly one line: who, what, and how it stood before and after."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Final

import pytest
from shopbell.adapters.memory.configuration import MemoryStores
from shopbell.domain.audit import AuditLine
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.store import Store
from shopbell.runtime.http.api import HttpApi
from shopbell.runtime.http.auditing import writes
from shopbell.runtime.http.management_operations import OPERATIONS
from shopbell.runtime.http.management_uses import management
from shopbell.runtime.http.operation import Operation

from tests.functions.http.document_calls import MANAGING, SEARCHED
from tests.functions.http.office import Office
from tests.functions.http.test_keys import PRODUCT
from tests.functions.http.world import MGMT, OURS, SRV, Answered, key_text

BY_ID: Final = {one.id: one for one in OPERATIONS}
WRITES: Final = {one.id for one in OPERATIONS if writes(one)}
UNCHANGED: Final = {"restoreVersion": "the version that it goes back to is the one that stands"}
"""Calls of the table that leave the thing as it was, and why."""
AGREED: Final = key_text(OURS, "mgmt", "6")
MORE: Final[tuple[tuple[str, str, Any, str], ...]] = (
    ("rotateKey", "/v1/keys/KEY/rotate", {"overlap": "P1D"}, MGMT),
    ("revokeKey", "/v1/keys/KEY", None, MGMT),
    ("editStore", "/v1/store", {"approval": "second_person", "approve_over": 0}, MGMT),
    ("sendCampaign", "/v1/campaigns/HELD/send", {"expected_audience": 1}, MGMT),
    ("approveCampaign", "/v1/campaigns/HELD/approve", None, AGREED),
    ("createCampaign", "/v1/campaigns", {"name": "New", "content": SEARCHED}, MGMT),
    ("rotateWebhook", "/v1/webhooks/HOOK/rotate", None, MGMT),
)
"""What the table of the document does not carry through."""
Walked = tuple[Operation, str, Answered, list[AuditLine]]


def furnished() -> tuple[Office, dict[str, str]]:
    office = Office()
    office.give(OURS, "mgmt", "admin", "6")
    office.visit("ann", subscribed=True, country="DE")
    office.visit("bob")
    office.call("PUT", "/v1/products", {"products": [PRODUCT]}, key=SRV)
    named = {"SEGMENT": office.segment(), "CAMPAIGN": office.campaign(), "DRAFT": office.campaign()}
    named |= {"TRIGGER": office.trigger(event="search", content=SEARCHED), "WEBHOOK": office.webhook()}
    named |= {"HELD": office.campaign(), "HOOK": office.webhook()}
    exported = office.manage("GET", f"/v1/segments/{named['SEGMENT']}/members", query={"format": "csv"})
    named["JOB"] = exported.json["job_id"]
    named["KEY"] = office.manage("POST", "/v1/keys", {"kind": "srv"}).json["id"]
    return office, named


def walk() -> Iterator[Walked]:
    office, named = furnished()
    for name, template, body, key in [*((*row, MGMT) for row in MANAGING), *MORE]:
        filled = reduce(lambda text, word: text.replace(word, named[word]), named, template)
        path, _, asked = filled.partition("?")
        query = dict(pair.split("=") for pair in asked.split("&")) if asked else None
        seen = len(office.world.audit)
        answer = office.manage(BY_ID[name].method, path, body, key=key, query=query)
        yield BY_ID[name], path, answer, office.world.audit[seen:]


@pytest.fixture(scope="module")
def walked() -> list[Walked]:
    return list(walk())


def test_every_write_that_was_done_leaves_one_line_of_itself(walked: list[Walked]) -> None:
    done = set()
    for operation, path, answer, lines in walked:
        if operation.id not in WRITES:
            continue
        if answer.status >= 400:
            assert lines == [], operation.id
            continue
        (line,) = lines
        done.add(operation.id)
        # a line outlives a visitor who is erased, and names none
        named = operation.path if path.startswith("/v1/visitors/") else path
        assert (line.operation, line.method, line.path) == (operation.id, operation.method, named)
        assert (line.status, line.role) == (answer.status, "admin")
        assert line.key is not None
    assert done == WRITES, WRITES - done


def test_every_line_says_what_has_changed(walked: list[Walked]) -> None:
    for operation, _, _, lines in walked:
        for line in lines:
            if operation.id in WRITES:
                assert bool(line.changes) is (operation.id not in UNCHANGED), operation.id
            told = [one for one in line.changes if one.field != "suppressed"]
            assert all(one.before != one.after for one in told), operation.id


def test_what_an_answer_begins_is_told_by_its_job(walked: list[Walked]) -> None:
    begun = {
        operation.id: [one.after for one in lines[0].changes if one.field == "job_id"] == [answer.json["job_id"]]
        for operation, _, answer, lines in walked
        if operation.id in WRITES and answer.status == 202 and "job_id" in answer.json
    }
    assert begun == dict.fromkeys(
        ("loadFeed", "importSubscriptions", "eraseVisitor", "putListMembers", "addCouponCodes"), True
    )


def test_no_line_names_a_visitor(walked: list[Walked]) -> None:
    for operation, _, _, lines in walked:
        for line in lines:
            assert '"ann"' not in str(line).replace("'", '"'), operation.id


def test_switching_somebody_off_and_on_tells_how_it_stood(walked: list[Walked]) -> None:
    told = {
        operation.id: [(one.field, one.before, one.after) for one in lines[0].changes]
        for operation, _, _, lines in walked
        if operation.id in {"suppressVisitor", "unsuppressVisitor"}
    }
    # nothing is folded here: what stood before is what was folded by then
    assert told == {
        "suppressVisitor": [("suppressed", False, True)],
        "unsuppressVisitor": [("suppressed", False, False)],
    }


@dataclass(frozen=True, slots=True)
class StumblingStores(MemoryStores):
    """Cannot be read the first time."""

    tries: list[StoreId] = field(default_factory=list)

    def get(self, store: StoreId) -> Store | None:
        self.tries.append(store)
        if len(self.tries) == 1:
            raise Unavailable("throttled")
        return MemoryStores.get(self, store)


def test_what_could_not_be_read_before_is_said_and_not_made_up(office: Office) -> None:
    ports = replace(office.ports(), stores=StumblingStores(office.world))
    office.management = HttpApi(management(ports).routes())
    assert office.manage("PATCH", "/v1/store", {"name": "Ours"}).status == 200
    (line,) = office.world.audit
    assert (line.operation, line.changes) == ("editStore", ())
    assert office.watch.counts["audit_unread"] == 1
    assert ("audit_unread", {"reason": "editStore"}) in office.watch.said
