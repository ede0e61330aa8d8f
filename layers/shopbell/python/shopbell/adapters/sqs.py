"""A standard queue with fair groups: batches, and what of a batch was refused is tried again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from shopbell.adapters.backoff import Backoff
from shopbell.domain.errors import Unavailable
from shopbell.ports import Message

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MAX_ENTRIES: Final = 10
MAX_BYTES: Final = 256 * 1024
"""Of a batch; SQS takes 1 MiB since 2025, but not in every Region, and a bigger batch only fails bigger."""

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SqsQueue:
    client: "SQSClient"
    url: str
    backoff: Backoff = field(default_factory=Backoff)

    def send(self, messages: Sequence[Message]) -> None:
        for batch in batches([_entry(place, message) for place, message in enumerate(messages)]):
            self._send(batch)

    def _send(self, batch: Sequence[Entry]) -> None:
        waiting = {entry["Id"]: entry for entry in batch}
        for _ in self.backoff.attempts():
            failed = self._try(list(waiting.values()))
            faults = [failure for failure in failed if failure.get("SenderFault")]
            if faults:  # it would be refused for ever: a message of ours is wrong
                raise ValueError(f"SQS refuses a message: {faults[0].get('Code')}")
            waiting = {failure["Id"]: waiting[failure["Id"]] for failure in failed}
            if not waiting:
                return
        raise Unavailable(f"SQS: {len(waiting)} messages left over")

    def _try(self, entries: Sequence[Entry]) -> Sequence[Mapping[str, Any]]:
        """The failures that SQS names; all of them where the call itself failed for now."""
        sent: Any = entries
        try:
            return self.client.send_message_batch(QueueUrl=self.url, Entries=sent).get("Failed", [])
        except ClientError as error:
            if not _passing(error):
                raise
        except BotoCoreError:
            pass
        return [{"Id": entry["Id"]} for entry in entries]


def batches(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """In order, each of at most ten entries and 256 KB; a larger message goes alone."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        length = len(entry["MessageBody"].encode())
        if batch and (len(batch) == MAX_ENTRIES or size + length > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += length
    if batch:
        yield batch


def _entry(place: int, message: Message) -> Entry:
    body = orjson.dumps(message.body).decode()
    delay = {"DelaySeconds": message.delay} if message.delay else {}
    return {"Id": str(place), "MessageBody": body, "MessageGroupId": message.group, **delay}


def _passing(error: ClientError) -> bool:
    code = error.response["Error"].get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return "Throttl" in code or code in {"RequestLimitExceeded", "ServiceUnavailable"} or status >= 500  # noqa: PLR2004
