"""The calls about VAPID keys and imports, and the least role for each."""

from typing import Final

from shopbell.domain.incoming.imports import ImportIn
from shopbell.runtime.http import vapid_answers as out
from shopbell.runtime.http.management_answers import ListOut
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.reading import PAGE

_TAG: Final = "Subscriptions"

OPERATIONS: Final = (
    Operation(
        "listVapidKeys",
        "GET",
        "/v1/vapid-keys",
        "The store's VAPID keys, and how many subscriptions each still has",
        _TAG,
        Managed("viewer"),
        answer=ListOut[out.VapidKeyUseOut],
        query=PAGE,
        description="New subscriptions are made with the active one; the others sign for those that they made.",
    ),
    Operation(
        "rotateVapidKey",
        "POST",
        "/v1/vapid-keys/rotate",
        "Make a new VAPID key and give it out from now on",
        _TAG,
        Managed("admin"),
        201,
        answer=out.VapidKeyUseOut,
        errors=(409,),
        takes=("idempotency-key",),
        description=(
            "Nobody is lost: the key before it goes on signing for its subscriptions, and each browser subscribes "
            "anew at its next visit."
        ),
    ),
    Operation(
        "importSubscriptions",
        "POST",
        "/v1/subscriptions/import",
        "Bring subscribers of another provider along",
        _TAG,
        Managed("admin"),
        202,
        ImportIn,
        out.ImportStartedOut,
        errors=(404, 409, 413),
        takes=("idempotency-key",),
        description=(
            "Up to 5 MB of CSV or NDJSON, or an upload, with the VAPID pair that they subscribed with. The same file "
            "again changes nothing; no scenario starts because of it. See GET /v1/jobs/{job_id}."
        ),
    ),
)
