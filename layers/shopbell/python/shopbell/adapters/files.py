"""Files in a bucket, written in parts that S3 puts together; nobody reads one without a signed address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from shopbell.domain.clock import SECOND, Duration
from shopbell.domain.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

_SERVER_ERRORS: Final = 500
_PIECE: Final = 256 * 1024
_NONE: Final = frozenset({"NoSuchKey", "NotFound", "404", "403", "AccessDenied"})
"""Without leave to list a bucket, what is not there answers as what may not be read."""
_SLOW_DOWN: Final = frozenset({"SlowDown", "Throttling", "RequestTimeout"})


@dataclass(frozen=True, slots=True)
class S3Files:
    """Unavailable where the same call may succeed later."""

    client: "S3Client"
    bucket: str

    def begin(self, name: str, media: str) -> str:
        answer = _call(self.client.create_multipart_upload, Bucket=self.bucket, Key=name, ContentType=media)
        return str(answer["UploadId"])

    def part(self, name: str, upload: str, number: int, data: bytes) -> str:
        answer = _call(
            self.client.upload_part,
            Bucket=self.bucket,
            Key=name,
            UploadId=upload,
            PartNumber=number,
            Body=data,
        )
        return str(answer["ETag"])

    def finish(self, name: str, upload: str, marks: Sequence[str]) -> None:
        parts = [{"PartNumber": number, "ETag": mark} for number, mark in enumerate(marks, 1)]
        try:
            _call(
                self.client.complete_multipart_upload,
                Bucket=self.bucket,
                Key=name,
                UploadId=upload,
                MultipartUpload={"Parts": parts},
            )
        except ClientError as error:
            if _code(error) != "NoSuchUpload":
                raise
            # finished by an earlier try whose answer was lost: then the file is there
            _call(self.client.head_object, Bucket=self.bucket, Key=name)

    def abort(self, name: str, upload: str) -> None:
        try:
            _call(self.client.abort_multipart_upload, Bucket=self.bucket, Key=name, UploadId=upload)
        except ClientError as error:
            if _code(error) != "NoSuchUpload":
                raise

    def remove(self, name: str) -> None:
        _call(self.client.delete_object, Bucket=self.bucket, Key=name)

    def url(self, name: str, saved_as: str, lasts: Duration) -> str:
        """`saved_as`: letters, digits, dots and dashes, as it stands in a header."""
        asked = {
            "Bucket": self.bucket,
            "Key": name,
            "ResponseContentDisposition": f'attachment; filename="{saved_as}"',
        }
        return self.client.generate_presigned_url("get_object", Params=asked, ExpiresIn=lasts // SECOND)


@dataclass(frozen=True, slots=True)
class S3Uploads:
    """Unavailable where the same call may succeed later."""

    client: "S3Client"
    bucket: str

    def put(self, name: str, data: bytes) -> None:
        _call(self.client.put_object, Bucket=self.bucket, Key=name, Body=data)

    def url(self, name: str, lasts: Duration) -> str:
        asked = {"Bucket": self.bucket, "Key": name}
        return self.client.generate_presigned_url("put_object", Params=asked, ExpiresIn=lasts // SECOND)

    def size(self, name: str) -> int | None:
        try:
            return int(_call(self.client.head_object, Bucket=self.bucket, Key=name)["ContentLength"])
        except ClientError as error:
            if _code(error) in _NONE:
                return None
            raise

    def read(self, name: str, start: int = 0) -> Iterator[bytes]:
        part = {"Range": f"bytes={start}-"} if start else {}
        try:
            body = _call(self.client.get_object, Bucket=self.bucket, Key=name, **part)["Body"]
        except ClientError as error:
            if _code(error) == "InvalidRange":
                return iter(())
            if _code(error) in _NONE:
                raise NotFound(name) from error
            raise
        return _pieces(body)

    def named(self, prefix: str) -> Sequence[str]:
        found, after = list[str](), dict[str, str]()
        while True:
            page = _call(self.client.list_objects_v2, Bucket=self.bucket, Prefix=prefix, **after)
            found += (str(row["Key"]) for row in page.get("Contents", ()))
            if not page.get("IsTruncated"):
                return found
            after = {"ContinuationToken": page["NextContinuationToken"]}


def _pieces(body: "StreamingBody") -> Iterator[bytes]:
    try:
        yield from body.iter_chunks(_PIECE)
    except (BotoCoreError, OSError) as error:
        raise Unavailable(f"S3: {type(error).__name__}") from error


def _call(operation: "Callable[..., Any]", **parameters: object) -> "Any":
    try:
        return operation(**parameters)
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status >= _SERVER_ERRORS or _code(error) in _SLOW_DOWN:
            raise Unavailable(f"S3: {_code(error)}") from error
        raise
    except BotoCoreError as error:
        raise Unavailable(f"S3: {type(error).__name__}") from error


def _code(error: ClientError) -> str:
    return error.response["Error"].get("Code", "")
