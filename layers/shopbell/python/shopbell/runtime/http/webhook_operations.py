"""The calls about a store's webhooks: for admins alone, since an address is told who did what."""

from typing import Final

from shopbell.domain.incoming.webhooks import WebhookIn, WebhookPatchIn, WebhookRotationIn
from shopbell.runtime.http import webhook_answers as out
from shopbell.runtime.http.management_answers import ListOut
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.reading import PAGE

_ADMIN: Final = Managed("admin")
_TAG: Final = "Webhooks"
_ALL: Final = "/v1/webhooks"
_ONE: Final = "/v1/webhooks/{webhook_id}"

OPERATIONS: Final = (
    Operation(
        "listWebhooks", "GET", _ALL, "The store's webhooks", _TAG, _ADMIN, answer=ListOut[out.WebhookOut], query=PAGE
    ),
    Operation(
        "createWebhook",
        "POST",
        _ALL,
        "Have an address, or the event bus, told of events",
        _TAG,
        _ADMIN,
        201,
        WebhookIn,
        out.WebhookSecretOut,
        errors=(409, 412, 413),
        takes=("idempotency-key",),
        description=(
            "The secret is shown once: every delivery is signed with it (Standard Webhooks). Ten webhooks a store. "
            "It is told of what happens from a minute later on. With `event_bus` in the place of `url`, one of them "
            "puts the same on the event bus of the deployment (Amazon EventBridge), unsigned."
        ),
    ),
    Operation("getWebhook", "GET", _ONE, "One webhook and how it went", _TAG, _ADMIN, answer=out.WebhookOut),
    Operation(
        "editWebhook",
        "PATCH",
        _ONE,
        "Change a webhook, or switch it on again",
        _TAG,
        _ADMIN,
        200,
        WebhookPatchIn,
        out.WebhookOut,
        errors=(409, 412, 413),
        takes=("if-match",),
    ),
    Operation(
        "deleteWebhook",
        "DELETE",
        _ONE,
        "Remove a webhook",
        _TAG,
        _ADMIN,
        204,
        errors=(409, 412),
        takes=("if-match",),
        description="What is on its way to it is dropped.",
    ),
    Operation(
        "rotateWebhook",
        "POST",
        f"{_ONE}/rotate",
        "Make a new secret",
        _TAG,
        _ADMIN,
        201,
        WebhookRotationIn,
        out.WebhookSecretOut,
        errors=(409, 412, 413),
        takes=("idempotency-key",),
        description=(
            "Both sign for `overlap` (a day; up to P30D; PT0S: the new one alone at once). Five may sign at once; "
            "one more is 409."
        ),
        bare=True,
    ),
    Operation(
        "testWebhook",
        "POST",
        f"{_ONE}/test",
        "Deliver a test",
        _TAG,
        _ADMIN,
        202,
        answer=out.WebhookTestOut,
        description="A signed `webhook.test`, tried once, also to one that is disabled.",
    ),
)
