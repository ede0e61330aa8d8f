"""The DynamoDB client: short timeouts, standard retries, and bodies by orjson, left as they are on the wire."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import orjson
from botocore.config import Config

from shopbell.adapters.dynamo.steady import steady
from shopbell.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_HTTP_ERRORS = 300

CONFIG = Config(
    connect_timeout=1,
    read_timeout=4,
    max_pool_connections=32,
    parameter_validation=False,  # walks every shape of every call: most of the CPU of a batch read
    retries={"mode": "standard", "total_max_attempts": 4},
    tcp_keepalive=True,
)


def dynamo_client(
    session: boto3.Session | None = None, config: Config | None = None, **settings: Any
) -> "DynamoDBClient":
    """A client whose answers hold attribute values as sent: bytes are base64 text, numbers are text.

    Parsing 100 items costs a fifth of what botocore's own walk over the shapes costs; credentials, signing,
    retries and errors stay botocore's. `config` goes over ours, `settings` to boto3 as they are (endpoint, keys).
    """
    merged = CONFIG.merge(config) if config else CONFIG
    client = (session or boto3.Session()).client("dynamodb", config=merged, **settings)
    client.meta.events.register("before-parse.dynamodb.*", parse_lean)
    client._serializer = LeanBodies(client._serializer)  # type: ignore[attr-defined]  # noqa: SLF001 - no hook there
    steady(client)
    return client


@dataclass(frozen=True, slots=True)
class LeanBodies:
    """Botocore's serializer of requests, but for their bodies: what we write has the shape of the wire already.

    Its own walk over the shapes costs a sixth of the CPU of a worker that sends. Target, version, method and host
    stay botocore's.
    """

    whole: Any

    def serialize_to_request(self, parameters: Mapping[str, Any], operation_model: Any) -> dict[str, Any]:
        request: dict[str, Any] = self.whole.serialize_to_request({}, operation_model)
        request["body"] = orjson.dumps(parameters, default=_on_the_wire)
        return request


def _on_the_wire(value: object) -> object:
    """Octets as base64, and mappings that are no dict; TypeError for anything else."""
    match value:
        case bytes() | bytearray() | memoryview():
            return b64encode(value).decode()
        case Mapping():
            return dict(value)
        case _:
            raise TypeError(f"{type(value).__name__} is no attribute value")


def parse_lean(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object) -> None:
    """Botocore's hook: what is put into `customized_response_dict` becomes the answer; errors pass untouched."""
    if response_dict["status_code"] >= _HTTP_ERRORS:
        return
    try:
        answer = orjson.loads(response_dict["body"])
    except orjson.JSONDecodeError as error:
        # botocore would take it for an empty answer, that is for "no such item"
        raise Unavailable("DynamoDB answered something other than JSON") from error
    customized_response_dict.update(answer)
    response_dict["body"] = b"{}"
