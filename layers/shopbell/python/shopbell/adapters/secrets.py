"""Secrets of the stage: SecureStrings of SSM, remembered for a quarter of an hour."""

from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from shopbell.adapters.backoff import Backoff
from shopbell.domain.clock import MINUTE, Clock, Duration, Instant
from shopbell.domain.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

REMEMBERED: Final[Duration] = 15 * MINUTE
"""SSM answers 40 times a second; 200 senders that start together would be refused."""
_PASSING: Final = frozenset({"ThrottlingException", "TooManyUpdates", "InternalServerError", "RequestLimitExceeded"})
_ABSENT: Final = "ParameterNotFound"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SsmSecrets:
    client: "SSMClient"
    prefix: str
    """Such as `/shopbell/dev`; a name is put after it with a slash between."""
    now: Clock
    backoff: Backoff = field(default_factory=Backoff)
    _known: dict[str, tuple[Instant, bytes]] = field(default_factory=dict, repr=False)

    def get(self, name: str, *, fresh: bool = False) -> bytes:
        read_at, value = self._known.get(name, (None, b""))
        if not fresh and read_at is not None and self.now() - read_at < REMEMBERED:
            return value
        value = self._again(lambda: self._read(name))
        self._known[name] = (self.now(), value)
        return value

    def put(self, name: str, value: bytes) -> None:
        self._again(lambda: self._write(name, value))
        self._known[name] = (self.now(), value)

    def delete(self, name: str) -> None:
        with suppress(NotFound):
            self._again(lambda: self.client.delete_parameter(Name=self._path(name)))
        self._known.pop(name, None)

    def _read(self, name: str) -> bytes:
        answer = self.client.get_parameter(Name=self._path(name), WithDecryption=True)
        try:
            return b64decode(answer["Parameter"]["Value"], validate=True)
        except BadBase64:
            raise NotFound(f"{name} is no secret of ours") from None

    def _write(self, name: str, value: bytes) -> None:
        text = b64encode(value).decode()
        self.client.put_parameter(Name=self._path(name), Value=text, Type="SecureString", Overwrite=True)

    def _path(self, name: str) -> str:
        return f"{self.prefix}/{name}"

    def _again(self, do: Callable[[], T]) -> T:
        for _ in self.backoff.attempts():
            try:
                return do()
            except ClientError as error:
                code = error.response["Error"].get("Code", "")
                if code == _ABSENT:
                    raise NotFound("no such secret") from error
                if code not in _PASSING:
                    raise
            except BotoCoreError:
                continue
        raise Unavailable("SSM does not answer")
