"""Create a store in a deployed stack, found by its outputs: the local engine's or one in AWS."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.segments import DynamoSegments
from shopbell.adapters.dynamo.stores import DynamoStores
from shopbell.adapters.secrets import SsmSecrets
from shopbell.adapters.webpush.keys import generate
from shopbell.app.founding import LIMITS, FoundStore, Limits, NewStore, StoreKeys
from shopbell.domain.clock import Instant

LOOPBACK_ORIGINS: Final = ("http://127.0.0.1:*", "http://localhost:*")
"""What a store of the local stage trusts, so that any page on this machine can try it."""
LOCAL_CONTACT: Final = "mailto:shop@example.com"


class Deployment(Protocol):
    """A stack that is there: a local session, or a session with AWS."""

    @property
    def api_url(self) -> str: ...

    @property
    def outputs(self) -> Mapping[str, str]: ...

    def client(self, service: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class StoreAccess:
    """Everything that a storefront, a shop's server and a marketer need; the keys are shown this once."""

    api_url: str
    keys: StoreKeys = field(repr=False)

    def to_json(self) -> dict[str, str]:
        return {
            "api_url": self.api_url,
            "publishable_key": self.keys.publishable_key,
            "server_key": self.keys.server_key,
            "management_key": self.keys.management_key,
            "store_id": self.keys.store_id,
            "vapid_public_key": self.keys.vapid_public_key,
        }


def create(
    deployment: Deployment,
    name: str,
    *,
    origins: tuple[str, ...] = LOOPBACK_ORIGINS,
    contact: str = LOCAL_CONTACT,
    shards: int = 1,
    currency: str = "EUR",
    limits: Limits = LIMITS,
) -> StoreAccess:
    """A new store with its keys. Raises Rejected for a name, contact or origin that none can be."""
    config = deployment.outputs["ConfigTableName"]
    dynamo = Dynamo(deployment.client("dynamodb"))
    found = FoundStore(
        DynamoStores(dynamo, config),
        SsmSecrets(deployment.client("ssm"), deployment.outputs["ParameterPrefix"], _now),
        DynamoSegments(dynamo, config),
        _vapid_pair,
        secrets.token_bytes,
        _now,
    )
    wanted = NewStore(name, contact, origins, shards=shards, currency=currency, limits=limits)
    return StoreAccess(deployment.api_url, found(wanted))


def _vapid_pair() -> tuple[bytes, str]:
    pair = generate()
    return pair.private_pem, pair.public_key


def _now() -> Instant:
    return time.time_ns() // 1_000_000
