"""The calls about a store's keys and secrets: for admins alone."""

from typing import Final

from shopbell.domain.incoming.keys import KeyIn, KeyRotationIn
from shopbell.runtime.http import key_answers as out
from shopbell.runtime.http.management_answers import ListOut
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.reading import PAGE

_ADMIN: Final = Managed("admin")

OPERATIONS: Final = (
    Operation(
        "listKeys", "GET", "/v1/keys", "The store's keys", "Keys", _ADMIN, answer=ListOut[out.KeyOut], query=PAGE
    ),
    Operation(
        "makeKey",
        "POST",
        "/v1/keys",
        "Make a key or a secret",
        "Keys",
        _ADMIN,
        201,
        KeyIn,
        out.SecretOut,
        errors=(409, 413),
        takes=("idempotency-key",),
        description=(
            "It is shown once. A management key (`mgmt`) has a role. A new identify secret is known everywhere "
            "within 15 minutes; each stays good for a day after the next was made, and five may be good at once."
        ),
    ),
    Operation(
        "rotateKey",
        "POST",
        "/v1/keys/{key_id}/rotate",
        "Make a key in the place of another",
        "Keys",
        _ADMIN,
        201,
        KeyRotationIn,
        out.SecretOut,
        errors=(409, 413),
        takes=("idempotency-key",),
        description=(
            "Of the same kind, role and name, shown once. The old one stays good for `overlap` (a day; up to P30D; "
            "PT0S: not at all), so that pages and servers can be changed one after the other."
        ),
    ),
    Operation(
        "revokeKey",
        "DELETE",
        "/v1/keys/{key_id}",
        "Revoke a key",
        "Keys",
        _ADMIN,
        204,
        errors=(409,),
        description="It is dead within a minute. 409 for the last key of role admin.",
    ),
)
