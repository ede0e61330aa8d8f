"""The wiring of `send`: the push libraries, the secrets, and how far each may reach."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import boto3

from shopbell.adapters.dynamo.events import DynamoEvents
from shopbell.adapters.dynamo.runs import DynamoRunProgress, DynamoRuns
from shopbell.adapters.dynamo.subscriptions import DynamoSubscriptions
from shopbell.adapters.secrets import SsmSecrets
from shopbell.adapters.webpush.codec import Aes128GcmCodec
from shopbell.adapters.webpush.codec_pywebpush import PywebpushCodec
from shopbell.adapters.webpush.exchange import Limits
from shopbell.adapters.webpush.transport import CurlTransport, parse_connect_to
from shopbell.adapters.webpush.trust import trusted
from shopbell.adapters.webpush.vapid import SigningKey, VapidSigner
from shopbell.app.delivery.post import Post
from shopbell.app.delivery.send import Send
from shopbell.app.tracking.receive import TokenKeys
from shopbell.domain.clock import Instant
from shopbell.domain.ids import VapidKeyId
from shopbell.domain.push.endpoints import AllowedHosts, allow
from shopbell.domain.store import Store
from shopbell.ports import PushCodec, Secrets
from shopbell.runtime import clients, clock, settings

REFERENCE_CODEC: Final = "pywebpush"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for a store with one of its keys; signatures are kept for hours, so make one for a process."""

    secrets: Secrets
    signer: VapidSigner

    def __call__(self, store: Store, origin: str, key: VapidKeyId, now: Instant) -> str:
        """Raises NotFound where the private key is missing."""
        private = self.secrets.get(f"{store.id}/vapid/{key}")
        return self.signer.authorization(origin, SigningKey(private, store.contact), now)


@cache
def send() -> Send:
    found = settings.read(settings.SendSettings)
    dynamo, stores = clients.dynamo(), clients.stores(found.config_table)
    shards = clients.shards_of(stores)
    allowed = allow(found.shopbell_extra_push_hosts.split(","))
    secrets = SsmSecrets(boto3.client("ssm"), found.parameter_prefix, clock.now)
    subscriptions = DynamoSubscriptions(dynamo, found.visitors_table, shards)
    events = DynamoEvents(dynamo, found.events_table)
    return Send(
        DynamoRuns(dynamo, found.runs_table),
        DynamoRunProgress(dynamo, found.runs_table, clock.now),
        stores,
        clients.reader(found.visitors_table, shards),
        subscriptions,
        TokenKeys(stores, secrets),
        Post(
            _codec(found),
            _transport(found, allowed),
            Signer(secrets, VapidSigner()),
            subscriptions,
            events,
            clock.now,
        ),
        clients.queue(found.parked_queue_url),
        allowed,
        clock.now,
        clock.uniform,
    )


def _codec(found: settings.SendSettings) -> PushCodec:
    return PywebpushCodec() if found.shopbell_codec == REFERENCE_CODEC else Aes128GcmCodec()


def _transport(found: settings.SendSettings, allowed: AllowedHosts) -> CurlTransport:
    extra = Path(found.shopbell_push_ca) if found.shopbell_push_ca else None
    return CurlTransport(Limits(trusted(extra), parse_connect_to(found.shopbell_push_connect)), allowed.origins)
