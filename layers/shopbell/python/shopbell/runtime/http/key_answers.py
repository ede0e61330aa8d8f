"""What the calls about keys answer; every field is always there."""

from pydantic import BaseModel


class SecretOut(BaseModel):
    """`secret` is shown this once. `previous_until`: until then the identify secret before it is still good."""

    id: str | None
    kind: str
    role: str | None
    secret: str
    created_at: str
    previous_until: str | None


class KeyOut(BaseModel):
    """The key itself is not kept. `last_used_at` is noted once a minute."""

    id: str
    kind: str
    role: str | None
    created_at: str
    last_used_at: str | None
    revoked: bool
