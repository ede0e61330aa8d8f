"""Secrets: bytes in, the same bytes out, encrypted at rest, remembered for a quarter of an hour."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from shopbell.adapters.backoff import Backoff
from shopbell.adapters.memory.configuration import MemorySecrets
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.adapters.secrets import REMEMBERED, SsmSecrets
from shopbell.domain.errors import NotFound, Unavailable
from shopbell.ports import Secrets

from tests.contract.worlds import NOW

KEYS = {"region_name": "eu-central-1", "aws_access_key_id": "1", "aws_secret_access_key": "1"}
NAME = "0123456789/vapid/v1"
Fresh = Callable[[], Secrets]


@pytest.fixture
def ssm() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("ssm", **KEYS)  # type: ignore[call-overload]


@pytest.fixture(params=["memory", "ssm"])
def fresh(request: pytest.FixtureRequest) -> Fresh:
    """Makes another process's view of the same secrets."""
    if request.param == "memory":
        world = MemoryWorld()
        return lambda: MemorySecrets(world)
    client = request.getfixturevalue("ssm")
    return lambda: SsmSecrets(client, "/shopbell/test", lambda: NOW)


@pytest.mark.parametrize("value", [b"\x00\xff bytes", b"text\n", bytes(range(256))])
def test_a_secret_comes_back_byte_for_byte(fresh: Fresh, value: bytes) -> None:
    fresh().put(NAME, value)

    assert fresh().get(NAME) == value


def test_a_secret_can_be_replaced(fresh: Fresh) -> None:
    secrets = fresh()
    secrets.put(NAME, b"one")
    secrets.put(NAME, b"two")

    assert secrets.get(NAME) == b"two" == fresh().get(NAME)


def test_whoever_asks_for_it_as_it_stands_is_told_what_another_process_wrote(fresh: Fresh) -> None:
    reader, writer = fresh(), fresh()
    writer.put(NAME, b"one")
    assert reader.get(NAME) == b"one"
    writer.put(NAME, b"two")

    assert reader.get(NAME, fresh=True) == reader.get(NAME) == b"two"


def test_an_unknown_secret_is_not_found(fresh: Fresh) -> None:
    with pytest.raises(NotFound):
        fresh().get(NAME)


def test_it_lies_in_ssm_as_a_secure_string_under_the_prefix(ssm: Any) -> None:
    SsmSecrets(ssm, "/shopbell/test", lambda: NOW).put(NAME, b"private")

    (found,) = ssm.describe_parameters()["Parameters"]
    assert (found["Name"], found["Type"]) == (f"/shopbell/test/{NAME}", "SecureString")


def test_what_somebody_else_put_there_is_not_found(ssm: Any) -> None:
    ssm.put_parameter(Name=f"/shopbell/test/{NAME}", Value="no base64!", Type="SecureString")

    with pytest.raises(NotFound):
        SsmSecrets(ssm, "/shopbell/test", lambda: NOW).get(NAME)


def test_it_is_read_once_in_a_quarter_of_an_hour(ssm: Any) -> None:
    clock = [NOW]
    reader = SsmSecrets(ssm, "/shopbell/test", lambda: clock[0])
    writer = SsmSecrets(ssm, "/shopbell/test", lambda: NOW)
    writer.put(NAME, b"old")
    assert reader.get(NAME) == b"old"

    writer.put(NAME, b"new")
    clock[0] = NOW + REMEMBERED - 1
    assert reader.get(NAME) == b"old"
    clock[0] = NOW + REMEMBERED
    assert reader.get(NAME) == b"new"


def test_a_refused_read_is_tried_again_and_then_unavailable() -> None:
    client = boto3.client("ssm", **KEYS)  # type: ignore[call-overload]
    waits: list[float] = []
    secrets = SsmSecrets(client, "/p", lambda: NOW, Backoff(sleep=waits.append, tries=3))
    with Stubber(client) as stub:
        for _ in range(2):
            stub.add_client_error("get_parameter", "ThrottlingException")
        stub.add_response("get_parameter", {"Parameter": {"Value": "b2s="}})
        assert secrets.get("a") == b"ok"

        for _ in range(3):
            stub.add_client_error("get_parameter", "ThrottlingException")
        with pytest.raises(Unavailable):
            secrets.get("b")
    assert len(waits) == 4


def test_a_secret_is_never_printed(ssm: Any) -> None:
    secrets = SsmSecrets(ssm, "/p", lambda: NOW)
    secrets.put("a", b"hush")

    assert "hush" not in repr(secrets)


def test_a_deleted_secret_is_gone_and_deleting_it_again_is_no_error(fresh: Fresh) -> None:
    secrets = fresh()
    secrets.put(NAME, b"one")
    for _ in range(2):
        secrets.delete(NAME)
    for view in (secrets, fresh()):
        with pytest.raises(NotFound):
            view.get(NAME)
