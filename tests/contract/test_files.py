"""Files in parts: in memory, and over S3 in the local engine."""

import secrets
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from shopbell.adapters.files import S3Files, S3Uploads
from shopbell.adapters.memory.jobs import MemoryFiles, MemoryUploads
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.clock import MINUTE
from shopbell.domain.errors import NotFound
from shopbell.ports import Files, Uploads

from tests.engine import REGION, Account

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Read = Callable[[str], bytes | None]
BIG = 5 * 1024 * 1024


@pytest.fixture(params=["memory", pytest.param("s3", marks=pytest.mark.engine)])
def stored(request: pytest.FixtureRequest) -> Iterator[tuple[Files, Read]]:
    """The port, and what is stored under a name."""
    if request.param == "memory":
        world = MemoryWorld()
        yield MemoryFiles(world), world.files.get
        return
    account: Account = request.getfixturevalue("account")
    client: S3Client = account.client("s3")
    made = f"files-{secrets.token_hex(4)}"
    client.create_bucket(Bucket=made, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield S3Files(client, made), lambda name: _read(client, made, name)


def signing(account: Account) -> "S3Client":
    """With the keys of a role, as a function has them."""
    role = account.client("iam").create_role(RoleName=f"signs-{secrets.token_hex(4)}", AssumeRolePolicyDocument="{}")[
        "Role"
    ]["Arn"]
    keys = account.client("sts").assume_role(RoleArn=role, RoleSessionName="signs")["Credentials"]
    return boto3.client(
        "s3",
        endpoint_url=account.url,
        region_name=REGION,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        config=Config(signature_version="s3v4", s3={"addressing_style": "auto"}),
    )


def _read(client: Any, bucket: str, name: str) -> bytes | None:
    if name not in [row["Key"] for row in client.list_objects_v2(Bucket=bucket).get("Contents", [])]:
        return None
    body: bytes = client.get_object(Bucket=bucket, Key=name)["Body"].read()
    return body


def test_parts_become_one_file_in_their_order(stored: tuple[Files, Read]) -> None:
    files, read = stored
    upload = files.begin("exports/a.csv", "text/csv")
    first = files.part("exports/a.csv", upload, 1, b"x" * BIG)
    assert read("exports/a.csv") is None
    second = files.part("exports/a.csv", upload, 2, b"end")
    files.finish("exports/a.csv", upload, [first, second])
    assert read("exports/a.csv") == b"x" * BIG + b"end"


def test_a_part_that_is_written_again_takes_the_place_of_the_first(stored: tuple[Files, Read]) -> None:
    files, read = stored
    upload = files.begin("exports/b.csv", "text/csv")
    files.part("exports/b.csv", upload, 1, b"killed before it was noted")
    files.finish("exports/b.csv", upload, [files.part("exports/b.csv", upload, 1, b"again")])
    assert read("exports/b.csv") == b"again"


def test_a_file_is_removed_once_and_for_all(stored: tuple[Files, Read]) -> None:
    files, read = stored
    assert isinstance(files, S3Files | MemoryFiles)
    upload = files.begin("exports/e.json", "application/json")
    files.finish("exports/e.json", upload, [files.part("exports/e.json", upload, 1, b"e")])
    files.remove("exports/e.json")
    files.remove("exports/e.json")
    assert read("exports/e.json") is None


def test_finishing_again_leaves_it_as_it_is(stored: tuple[Files, Read]) -> None:
    files, read = stored
    upload = files.begin("exports/c.csv", "text/csv")
    marks = [files.part("exports/c.csv", upload, 1, b"c")]
    files.finish("exports/c.csv", upload, marks)
    files.finish("exports/c.csv", upload, marks)
    assert read("exports/c.csv") == b"c"


def test_nothing_stays_of_what_is_called_off(stored: tuple[Files, Read]) -> None:
    files, read = stored
    upload = files.begin("exports/d.csv", "text/csv")
    files.part("exports/d.csv", upload, 1, b"d")
    files.abort("exports/d.csv", upload)
    files.abort("exports/d.csv", upload)
    assert read("exports/d.csv") is None


@pytest.mark.engine
def test_a_file_is_fetched_by_its_address_alone(account: Account) -> None:
    """Signed with the keys of an assumed role, as every function's are."""
    client = signing(account)
    client.create_bucket(Bucket="fetched", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    files = S3Files(client, "fetched")
    upload = files.begin("exports/e.csv", "text/csv; charset=utf-8")
    files.finish("exports/e.csv", upload, [files.part("exports/e.csv", upload, 1, b"visitor_id\r\n")])
    url = files.url("exports/e.csv", "vip.csv", 15 * MINUTE)
    assert "X-Amz-Expires=900" in url
    with urlopen(url, timeout=10) as answer:
        assert answer.read() == b"visitor_id\r\n"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="vip.csv"'
    with pytest.raises(HTTPError):
        urlopen(url.replace("e.csv", "f.csv"), timeout=10)


@pytest.fixture(params=["memory", pytest.param("s3", marks=pytest.mark.engine)])
def uploads(request: pytest.FixtureRequest) -> Uploads:
    if request.param == "memory":
        return MemoryUploads(MemoryWorld())
    client: S3Client = request.getfixturevalue("account").client("s3")
    made = f"files-{secrets.token_hex(4)}"
    client.create_bucket(Bucket=made, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return S3Uploads(client, made)


def test_what_was_put_there_is_read_piece_by_piece(uploads: Uploads) -> None:
    data = bytes(range(256)) * 4_000
    uploads.put("uploads/s/a", data)

    assert uploads.size("uploads/s/a") == len(data)
    assert b"".join(uploads.read("uploads/s/a")) == data
    assert len(list(uploads.read("uploads/s/a"))) > 1


@pytest.mark.parametrize("start", [0, 1, 999_999, 1_023_999, 1_024_000])
def test_it_is_read_from_any_byte_on(uploads: Uploads, start: int) -> None:
    data = bytes(range(256)) * 4_000
    uploads.put("uploads/s/a", data)

    assert b"".join(uploads.read("uploads/s/a", start)) == data[start:]


def test_what_nobody_put_there_is_not_found(uploads: Uploads) -> None:
    assert uploads.size("uploads/s/none") is None
    with pytest.raises(NotFound):
        uploads.read("uploads/s/none")


def test_names_are_listed_by_how_they_begin_however_many_they_are(uploads: Uploads) -> None:
    for number in range(1_003):
        uploads.put(f"exports/s/people/aa/{number:04}", b"x")
    uploads.put("exports/s/people/ab/0", b"x")

    assert uploads.named("exports/s/people/aa") == [f"exports/s/people/aa/{number:04}" for number in range(1_003)]
    assert uploads.named("exports/s/people/ac") == []


@pytest.mark.engine
def test_the_address_of_an_upload_takes_a_file(account: Account) -> None:
    made = f"files-{secrets.token_hex(4)}"
    account.client("s3").create_bucket(Bucket=made, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    stored = S3Uploads(signing(account), made)
    asked = Request(stored.url("uploads/s/b", MINUTE), data=b"id,title\n", method="PUT")
    with urlopen(asked, timeout=10) as answer:
        assert answer.status == 200

    assert b"".join(stored.read("uploads/s/b")) == b"id,title\n"
