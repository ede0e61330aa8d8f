"""The tracking calls: what a storefront's pages and its server may send, and to which keys each is open."""

from typing import Annotated, Final

from pydantic import BaseModel, Field

from shopbell.domain.incoming.faults import Incoming
from shopbell.domain.incoming.identify import IdentifyIn
from shopbell.domain.incoming.products import ProductsIn
from shopbell.domain.incoming.prompts import PromptIn
from shopbell.domain.incoming.receipts import ReceiptIn
from shopbell.domain.incoming.subscriptions import PreferIn, SubscribeIn, UnsubscribeIn
from shopbell.domain.incoming.texts import Many
from shopbell.domain.incoming.traits import VisitorPatchIn
from shopbell.runtime.http import server_calls
from shopbell.runtime.http import tracking_answers as out
from shopbell.runtime.http.operation import Keyed, Open, Operation

_ANY: Final = Keyed(frozenset({"pub", "srv"}))
_SERVER: Final = Keyed(frozenset({"srv"}))
_DESCRIBED_EVENT: Final = {"items": {"$ref": "#/components/schemas/EventIn"}}


class EventsIn(Incoming):
    """Events are judged one by one, so they are not yet checked here. `backfill` takes a server key."""

    events: Annotated[Many[object], Field(json_schema_extra=_DESCRIBED_EVENT)]
    backfill: bool = False


def _page(name: str, path: str, summary: str, media: str, *, answer: type[BaseModel] | None = None) -> Operation:
    return Operation(name, "GET", path, summary, "Service", Open(), answer=answer, media=media)


OPERATIONS: Final = (
    Operation(
        "sendEvents",
        "POST",
        "/v1/events",
        "Report what visitors did",
        "Tracking",
        _ANY,
        status=202,
        body=EventsIn,
        answer=out.EventsOut,
        errors=(413,),
        description=(
            "A browser key takes up to 50 events and 64 KB, a server key 500 and 1 MB; an event has at most 8 KB. "
            "What is right is stored, what is wrong is listed in `rejected`. text/plain is read as JSON too, so "
            "that a beacon needs no preflight; it carries its key as `?key=`."
        ),
    ),
    Operation(
        "changeTraits",
        "PATCH",
        "/v1/visitors/{visitor_id}",
        "Change what is known of a visitor",
        "Tracking",
        _ANY,
        body=VisitorPatchIn,
        answer=out.TraitsOut,
        errors=(413,),
        takes=("idempotency-key",),
        description="Only what is named changes; null removes a trait.",
    ),
    Operation(
        "identify",
        "POST",
        "/v1/identify",
        "Say that a visitor is a customer",
        "Tracking",
        _ANY,
        body=IdentifyIn,
        answer=out.IdentifiedOut,
        errors=(409, 413),
        description=(
            "What the visitor did before, and will do, is the customer's from then on. A browser key needs the "
            "`signature` of the shop's server: v1.<exp>.<hex HMAC-SHA256 of visitor_id, customer_id and exp, each "
            "on a line of its own, with the identify secret>, exp in seconds since 1970 and at most an hour ahead. "
            "The first customer stands: another one is 409 `identified_as_other`, a repeat changes nothing."
        ),
    ),
    Operation(
        "subscribe",
        "POST",
        "/v1/subscriptions",
        "Take a browser's push subscription",
        "Tracking",
        _ANY,
        status=201,
        body=SubscribeIn,
        answer=out.SubscriptionOut,
        errors=(409, 413),
        description=(
            "The same subscription may be reported again at each visit. `replaces` is the endpoint of the one "
            "whose place it takes; then `visitor_id` may be left out."
        ),
    ),
    Operation(
        "prefer",
        "PATCH",
        "/v1/subscriptions",
        "Choose topics, ask for silence for a while, agree",
        "Tracking",
        _ANY,
        body=PreferIn,
        answer=out.PreferredOut,
        errors=(404, 413),
        description=(
            "What is left out stays. `topics` are all that the subscriber wants to hear of; an empty list is "
            "everything. `snooze_until` keeps every message back until then; null ends it. `consent` is what the "
            "subscriber agreed to; null takes it back."
        ),
    ),
    Operation(
        "unsubscribe",
        "DELETE",
        "/v1/subscriptions",
        "Forget a push subscription",
        "Tracking",
        _ANY,
        status=204,
        body=UnsubscribeIn,
        errors=(413,),
        description="To be rid of one that is not there succeeds as well.",
    ),
    Operation(
        "sendReceipt",
        "POST",
        "/v1/receipts",
        "Say what became of a message",
        "Tracking",
        Open(),
        status=202,
        body=ReceiptIn,
        answer=out.ReceiptOut,
        errors=(413,),
        description="The message's signed token is the only credential. Each receipt counts once.",
    ),
    Operation(
        "getConfig",
        "GET",
        "/v1/config",
        "What a page needs in order to subscribe",
        "Tracking",
        _ANY,
        answer=out.ConfigOut,
        errors=(409,),
        takes=("if-none-match",),
    ),
    Operation(
        "askPrompt",
        "POST",
        "/v1/prompt",
        "Whether a visitor may be shown the permission prompt",
        "Tracking",
        _ANY,
        body=PromptIn,
        answer=out.PromptOut,
        errors=(413,),
        description=(
            "Asked by a page when `prompt.ask` of the configuration says that it has an audience. `reason` is "
            "`disabled`, `page` or `audience`. What only the page knows, such as permission and back-off, it decides."
        ),
    ),
    Operation(
        "putProducts",
        "PUT",
        "/v1/products",
        "Store up to 500 products",
        "Catalogue",
        _SERVER,
        body=ProductsIn,
        answer=out.ProductsOut,
        errors=(413,),
        description="All of them or none; money in minor units.",
    ),
    Operation(
        "deleteProduct",
        "DELETE",
        "/v1/products/{product_id}",
        "Take a product out of the catalogue",
        "Catalogue",
        _SERVER,
        status=204,
        errors=(404,),
    ),
    *server_calls.OPERATIONS,
    Operation(
        "getHealth", "GET", "/v1/health", "Whether the service answers", "Service", Open(), answer=out.HealthOut
    ),
    _page("getDocument", "/openapi.json", "This document", "application/json"),
    _page("getDocs", "/docs", "This document, readable", "text/html"),
    _page("getSdk", "/sdk/shopbell.js", "The storefront's script", "text/javascript"),
    _page("getWorker", "/sdk/shopbell-sw.js", "The storefront's service worker", "text/javascript"),
)
