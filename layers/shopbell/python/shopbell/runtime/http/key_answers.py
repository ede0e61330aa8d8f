"""What the calls about keys answer; every field is always there."""

from pydantic import BaseModel


class SecretOut(BaseModel):
    """`secret` is shown this once. `previous_until`: until then what it takes the place of is still good."""

    id: str | None
    kind: str
    role: str | None
    name: str | None
    secret: str
    created_at: str
    previous_until: str | None


class KeyOut(BaseModel):
    """The key itself is not kept. `last_used_at` is noted once a minute. `expires_at`: another took its place.

    `created_by`: the id of the key that made it; null: the command line, or an older release.
    """

    id: str
    kind: str
    role: str | None
    name: str | None
    created_by: str | None
    created_at: str
    last_used_at: str | None
    expires_at: str | None
    revoked: bool
