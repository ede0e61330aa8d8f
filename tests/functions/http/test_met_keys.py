"""Keys and secrets that several people make, rotate and revoke at the same time."""

from functools import partial

import pytest
from shopbell.adapters.memory.once import MemoryOnceCalls
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND, format_instant
from shopbell.domain.keys import digest_of
from shopbell.domain.once import Once
from shopbell.domain.signatures import MOST, load, signature
from shopbell.domain.store import Key

from tests.functions.http.interleaving import Act, interleaved
from tests.functions.http.office import Office
from tests.functions.http.world import MGMT, NOON, OURS, PUB, Answered, key_text

OTHER = key_text(OURS, "mgmt", "5")
MARKS = {key: digest_of(key)[:8] for key in (MGMT, OTHER)}


def two_admins() -> Office:
    office = Office()
    office.give(OURS, "mgmt", "admin", "5")
    return office


def revoke(office: Office, whose: str, by: str) -> Answered:
    return office.manage("DELETE", f"/v1/keys/{MARKS[whose]}", key=by)


def rotate(office: Office, whose: str, by: str, overlap: str = "PT1H") -> Answered:
    return office.manage("POST", f"/v1/keys/{MARKS[whose]}/rotate", {"overlap": overlap}, key=by)


def identify(office: Office) -> Answered:
    return office.manage("POST", "/v1/keys", {"kind": "identify"})


def admins(office: Office) -> list[Key]:
    """Those that go on."""
    mine = [key for (store, _), key in office.world.keys.items() if store == OURS and key.role == "admin"]
    return [key for key in mine if not key.revoked and key.expires_at is None]


TAKEN: dict[str, tuple[Act, Act]] = {
    "each revokes the other": (partial(revoke, whose=OTHER, by=MGMT), partial(revoke, whose=MGMT, by=OTHER)),
    "both revoke themselves": (partial(revoke, whose=MGMT, by=MGMT), partial(revoke, whose=OTHER, by=OTHER)),
    "one is rotated": (partial(rotate, whose=OTHER, by=MGMT), partial(revoke, whose=MGMT, by=OTHER)),
}


@pytest.mark.parametrize(("outer", "inner"), TAKEN.values(), ids=TAKEN)
def test_a_store_keeps_an_admin_whoever_is_revoked_at_once(outer: Act, inner: Act) -> None:
    for first, second in ((outer, inner), (inner, outer)):
        for met in interleaved(two_admins, first, second):
            assert admins(met.office), met.at


def test_a_key_that_is_revoked_while_it_is_rotated_stays_revoked_and_nothing_comes_of_it() -> None:
    gone, anew = partial(revoke, whose=OTHER, by=MGMT), partial(rotate, whose=OTHER, by=MGMT)
    for outer, inner in ((anew, gone), (gone, anew)):
        for met in interleaved(two_admins, outer, inner):
            rotated = met.outer if outer is anew else met.inner
            assert met.office.world.keys[OURS, digest_of(OTHER)].revoked, met.at
            others = [one for one in admins(met.office) if one.digest != digest_of(MGMT)]
            # whoever rotated first holds a new key, which stands on the list for whoever revoked the old one
            made = [] if rotated.status == 409 else [digest_of(rotated.json["secret"])]
            assert [one.digest for one in others] == made, met.at


def test_of_two_who_rotate_a_key_one_makes_a_new_one() -> None:
    anew = partial(rotate, whose=OTHER, by=MGMT)
    for met in interleaved(two_admins, anew, anew):
        assert {met.outer.status, met.inner.status} == {201, 409}, met.at
        assert len(admins(met.office)) == 2


def test_a_key_on_its_way_out_is_no_admin_that_goes_on() -> None:
    office = Office()
    made = rotate(office, MGMT, MGMT, overlap="P1D").json
    answer = office.manage("DELETE", f"/v1/keys/{made['id']}", key=made["secret"])
    assert (answer.status, "last admin key" in answer.json["detail"]) == (409, True)
    assert revoke(office, MGMT, made["secret"]).status == 204


def test_two_identify_secrets_that_are_made_at_once_are_both_good_or_one_is_refused() -> None:
    for met in interleaved(Office, identify, identify):
        made = [one.json["secret"] for one in (met.outer, met.inner) if one.status == 201]
        assert made, met.at
        assert {one.status for one in (met.outer, met.inner)} <= {201, 409}
        stored = load(met.office.world.secrets[f"{OURS}/identify"])
        assert sorted(one.text for one in stored) == sorted(made), met.at


def says(office: Office, secret: str, number: int) -> int:
    """What a browser is answered that shows a signature made with it."""
    visitor, until = f"v{number}", office.clock.now // SECOND + 600
    given = {"visitor_id": visitor, "customer_id": "ann", "signature": signature(secret, visitor, "ann", until)}
    return office.call("POST", "/v1/identify", given, key=PUB).status


def test_each_identify_secret_stays_good_until_its_own_end_however_many_follow() -> None:
    office, made = Office(), []
    for hour in range(MOST):
        office.clock.now = NOON + hour * HOUR
        answer = identify(office)
        assert answer.json["previous_until"] == (format_instant(office.clock.now + DAY) if hour else None)
        made.append(answer.json["secret"])
    refused = identify(office)
    assert (refused.status, format_instant(NOON + HOUR + DAY) in refused.json["detail"]) == (409, True)
    assert [says(office, secret, number) for number, secret in enumerate(made)] == [200] * MOST

    office.clock.now = NOON + HOUR + DAY
    assert [says(office, secret, 10 + number) for number, secret in enumerate(made)] == [403] + [200] * (MOST - 1)
    assert identify(office).status == 201


def test_whoever_broke_off_while_making_a_secret_keeps_others_from_it_for_a_minute_at_most() -> None:
    office = Office()
    MemoryOnceCalls(office.world).begin(OURS, "identify-secret", Once("", NOON + MINUTE), NOON)
    assert identify(office).status == 409
    office.clock.now += MINUTE
    assert identify(office).status == 201
