"""Subscribers of another provider as a marketer brings them along."""

import re
from base64 import urlsafe_b64decode
from typing import Annotated, Final, Literal, Self

from pydantic import Field, SecretStr, model_validator

from shopbell.domain.incoming.faults import Incoming
from shopbell.domain.incoming.subscriptions import PublicKeyText
from shopbell.domain.push.subscription_keys import public_key

MAX_BODY: Final = 5 * 1024 * 1024
_RAW: Final = re.compile(r"[A-Za-z0-9_-]{43}=?", re.ASCII)


class VapidPairIn(Incoming):
    """The pair that the subscriptions were made with. `private_key`: PEM, or its 32 bytes in base64url."""

    public_key: PublicKeyText
    private_key: Annotated[SecretStr, Field(max_length=2_000)]

    @property
    def public(self) -> str:
        """As the store keeps it."""
        return public_key(self.public_key)

    @property
    def private_bytes(self) -> bytes:
        """PEM as it is, or the 32 bytes."""
        text = self.private_key.get_secret_value().strip()
        return urlsafe_b64decode(text.rstrip("=") + "=") if _RAW.fullmatch(text) else text.encode()


class ImportIn(Incoming):
    """Body of POST /v1/subscriptions/import: the file itself up to 5 MB, or the name of an upload."""

    format: Literal["csv", "ndjson"]
    vapid: VapidPairIn
    data: Annotated[str, Field(min_length=1)] | None = None
    upload_id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.data is None) == (self.upload_id is None):
            raise ValueError("must have data or upload_id, and not both")
        return self
