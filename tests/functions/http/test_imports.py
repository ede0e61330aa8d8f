"""Subscribers of another provider over HTTP: the pair and the file taken, the job watched, who came along."""

import json
from typing import Any

import pytest
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.jobs import MemoryUploads
from shopbell.adapters.memory.subscriptions import MemorySubscriptionRegister
from shopbell.adapters.webpush.keys import pair_of
from shopbell.app.importing.load import LoadImport
from shopbell.app.importing.start import IMPORT_SUBSCRIPTIONS
from shopbell.app.jobs import RunJobs
from shopbell.app.work import JobWork, read_rebuild
from shopbell.domain.ids import VisitorId
from shopbell.domain.push.endpoints import KNOWN_SERVICES
from shopbell.domain.push.subscription_keys import encode

from tests.functions.http.office import BROUGHT, IMPORT, MARKETER, Office
from tests.functions.http.test_handlers import mark
from tests.functions.http.test_vapid import ENDPOINT, KEYS, keys
from tests.functions.http.world import MGMT, OURS, VAPID_PUBLIC

RAW = bytes(31) + b"\x07"
OTHER = pair_of(bytes(31) + b"\x08")


def bring(office: Office, **changes: Any) -> Any:
    return office.manage("POST", "/v1/subscriptions/import", {**IMPORT, **changes})


def work_off(office: Office) -> None:
    ports = office.ports()
    worker = LoadImport(
        MemoryUploads(office.world),
        MemorySubscriptionRegister(office.world),
        MemoryEvents(office.world),
        KNOWN_SERVICES,
        office.clock,
    )
    run = RunJobs(ports.work.jobs, {IMPORT_SUBSCRIPTIONS: worker}, office.rebuild, office.clock)
    for message in office.rebuild.take():
        work = read_rebuild(message.body)
        assert isinstance(work, JobWork)
        run(work, lambda: 60_000)


def row(number: int = 0, **more: Any) -> str:
    return json.dumps({"endpoint": f"{ENDPOINT}{number}", "keys": KEYS, **more})


def test_subscribers_come_along_with_their_key_and_the_store_s_own_stays_active(office: Office) -> None:
    begun = bring(office, data="\n".join([row(1, visitor_id="ann"), row(2), "{"]))
    assert (begun.status, begun.json["vapid_key_id"]) == (202, "k2")
    work_off(office)

    job = office.manage("GET", f"/v1/jobs/{begun.json['job_id']}").json
    assert (job["state"], job["percent"], job["kind"], job["created_by"]) == (
        "done",
        100,
        "import_subscriptions",
        mark(MGMT),
    )
    assert job["result"] == {
        "read": 3,
        "added": 2,
        "known": 0,
        "duplicates": 0,
        "ended": 0,
        "rejected": 1,
        "vapid_key_id": "k2",
    }
    assert job["errors"] == [{"line": 3, "message": "is no JSON"}]
    assert keys(office) == [("k1", "active", 0), ("k2", "retiring", 2)]
    assert {row.visitor for row in office.world.subscriptions.values()} >= {VisitorId("ann")}


def test_a_file_that_was_put_up_before_is_read_from_there(office: Office) -> None:
    upload = office.manage("POST", "/v1/uploads").json
    name = {"data": None, "upload_id": upload["upload_id"]}
    body = {key: value for key, value in {**IMPORT, **name}.items() if value is not None}
    assert office.manage("POST", "/v1/subscriptions/import", body).status == 404
    MemoryUploads(office.world).put(f"uploads/{OURS}/{upload['upload_id']}", row().encode())

    begun = office.manage("POST", "/v1/subscriptions/import", body)
    assert begun.status == 202
    work_off(office)
    assert office.manage("GET", f"/v1/jobs/{begun.json['job_id']}").json["result"]["added"] == 1


@pytest.mark.parametrize(
    "private",
    [BROUGHT["private_key"], encode(RAW), f"{encode(RAW)}=", f"\n{encode(RAW)}\n"],
    ids=["pem", "raw", "padded", "spaced"],
)
def test_the_private_key_is_taken_as_pem_or_raw_and_kept_among_the_secrets_alone(
    office: Office, private: str
) -> None:
    begun = bring(office, vapid={**BROUGHT, "private_key": private})
    assert begun.status == 202
    assert pair_of(office.world.secrets[f"{OURS}/vapid/k2"]).public_key == BROUGHT["public_key"]
    world = office.world
    elsewhere = repr([world.jobs, world.stores, world.files, [m.body for m in office.rebuild.messages]])
    for part in (encode(RAW), private.strip().splitlines()[-2 if "-----" in private else 0]):
        assert part not in elsewhere + begun.text


def test_the_same_pair_is_one_key_and_the_store_s_own_pair_stays_as_it_is(office: Office) -> None:
    assert [bring(office).json["vapid_key_id"] for _ in range(2)] == ["k2", "k2"]
    assert keys(office) == [("k1", "active", 0), ("k2", "retiring", 0)]
    made = office.manage("POST", "/v1/vapid-keys/rotate").json
    own = {"public_key": made["public_key"], "private_key": office.world.secrets[f"{OURS}/vapid/k3"].decode()}
    assert bring(office, vapid=own).json["vapid_key_id"] == "k3"
    assert keys(office)[-1][:2] == ("k3", "active")


@pytest.mark.parametrize(
    ("vapid", "path", "words"),
    [
        ({**BROUGHT, "public_key": OTHER.public_key}, "vapid.private_key", "does not belong to the public key"),
        ({**BROUGHT, "private_key": "secret words"}, "vapid.private_key", "is no private key in PEM or raw form"),
        ({**BROUGHT, "private_key": "A" * 43}, "vapid.private_key", "is no private key in PEM or raw form"),
        ({**BROUGHT, "public_key": "QUJD"}, "vapid.public_key", "must be 65 bytes"),
        ({**BROUGHT, "private_key": 7}, "vapid.private_key", "must be a string"),
        ({"public_key": VAPID_PUBLIC}, "vapid.private_key", "is required"),
    ],
    ids=["no pair", "no key", "zero", "no point", "no text", "none"],
)
def test_what_is_no_pair_is_refused_before_anything_is_kept(
    office: Office, vapid: dict[str, Any], path: str, words: str
) -> None:
    before = dict(office.world.secrets)
    answer = bring(office, vapid=vapid)
    assert answer.status == 422
    assert [fault["path"] for fault in answer.json["errors"]] == [path]
    assert words in answer.json["errors"][0]["message"]
    assert "secret words" not in answer.text
    assert (office.world.secrets, office.world.jobs, [name for name, _, _ in keys(office)]) == (before, {}, ["k1"])


def test_only_admins_bring_keys_along(office: Office) -> None:
    assert office.manage("POST", "/v1/subscriptions/import", IMPORT, key=MARKETER).status == 403
    assert office.world.jobs == {}


def test_a_file_is_given_in_one_way(office: Office) -> None:
    for given in ({"upload_id": "0" * 32}, {"format": "xlsx"}, {"data": ""}):
        assert bring(office, **given).status == 422
