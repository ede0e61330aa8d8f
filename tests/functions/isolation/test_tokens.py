"""A message's token opens its own store alone: no key of ours reaches further with it, nor can we forge one."""

import pytest
from shopbell.domain.ids import RunId, VisitorId, visitor_hash
from shopbell.domain.push.token import LIFETIME, MessageRef, sign

from tests.functions.http.test_receipts import key_of as secret_of
from tests.functions.http.world import OURS, THEIRS
from tests.functions.isolation.apart import sorted_out
from tests.functions.isolation.pair import ROLES, Pair, key_of


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", ["shown", "clicked", "landed"])
def test_the_key_beside_a_token_changes_nothing(pair: Pair, role: str, kind: str) -> None:
    pair.begin()
    before = sorted_out(pair.both.world)[OURS]
    body = {"message": pair.theirs.names["message"][0], "kind": kind}
    answer = pair.both.call("POST", "/v1/receipts", body, key=key_of(pair.ours, role))
    assert (answer.status, answer.json["accepted"]) == (202, True)
    assert sorted_out(pair.both.world)[OURS] == before
    assert pair.ours.word not in answer.text


def test_our_secret_signs_nothing_of_another_store(pair: Pair) -> None:
    pair.begin()
    before = sorted_out(pair.both.world)
    run, zoe = RunId(pair.theirs.names["run"][0]), VisitorId(pair.theirs.names["visitor"][0])
    ref = MessageRef(THEIRS, run, 0, 0, 0, visitor_hash(THEIRS, zoe), b"s" * 8, pair.now + LIFETIME)
    body = {"message": sign(ref, secret_of(pair.both, OURS)), "kind": "clicked"}
    answer = pair.both.call("POST", "/v1/receipts", body)
    nobody = pair.both.call("POST", "/v1/receipts", {**body, "message": "x" * len(body["message"])})
    assert (answer.status, answer.faults) == (nobody.status, nobody.faults) == (422, answer.faults)
    assert sorted_out(pair.both.world) == before
