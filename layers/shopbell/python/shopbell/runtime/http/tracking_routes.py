"""The tracking calls carried out: check the key, read the body, call the use case, count, answer."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from shopbell.app.privacy.erased import Erased
from shopbell.app.tracking.identify import Identify
from shopbell.app.tracking.prefer import Prefer
from shopbell.app.tracking.products import DeleteProduct, PutProducts
from shopbell.app.tracking.prompting import DecidePrompt
from shopbell.app.tracking.receive import Receive
from shopbell.app.tracking.subscribe import Subscribe, Unsubscribe
from shopbell.app.tracking.track import Batch, Track
from shopbell.app.tracking.traits import UpdateTraits
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import ProductId, VisitorId, customer
from shopbell.domain.incoming.agents import read_agent
from shopbell.domain.incoming.faults import validated
from shopbell.domain.incoming.identify import IdentifyIn
from shopbell.domain.incoming.products import ProductsIn
from shopbell.domain.incoming.prompts import PromptIn
from shopbell.domain.incoming.receipts import ReceiptIn
from shopbell.domain.incoming.subscriptions import PreferIn, SubscribeIn, UnsubscribeIn
from shopbell.domain.incoming.texts import check_visitor
from shopbell.domain.incoming.traits import VisitorPatchIn
from shopbell.runtime.http import tracking_answers as out
from shopbell.runtime.http.answer import Answer, answer, nothing
from shopbell.runtime.http.keyring import Keyring, tracking_caller
from shopbell.runtime.http.landing_answers import landed
from shopbell.runtime.http.operation import Call, Keyed, Operation, Route
from shopbell.runtime.http.pages import Pages
from shopbell.runtime.http.reading import idempotency_key
from shopbell.runtime.http.request import BROWSER_BODY, SERVER_BODY, Request
from shopbell.runtime.http.server_calls import ServerCalls
from shopbell.runtime.http.tracking_operations import OPERATIONS, EventsIn
from shopbell.runtime.http.tracking_shapes import config, popup, preferred

CONFIG_MAX_AGE = 300
"""Seconds; a page may start with settings that are so old."""


@dataclass(frozen=True, slots=True)
class Tracking:
    """The use cases behind the tracking calls."""

    keyring: Keyring
    track: Track
    update_traits: UpdateTraits
    identify: Identify
    subscribe: Subscribe
    prefer: Prefer
    unsubscribe: Unsubscribe
    receive: Receive
    put_products: PutProducts
    delete_product: DeleteProduct
    prompt: DecidePrompt
    server: ServerCalls
    pages: Pages
    erased: Erased | None = None

    def routes(self) -> Sequence[Route]:
        keyed: Mapping[str, Callable[[Call], Answer]] = {
            "sendEvents": self._events,
            "changeTraits": self._traits,
            "identify": self._identify,
            "subscribe": self._subscribe,
            "prefer": self._prefer,
            "unsubscribe": self._unsubscribe,
            "getConfig": self._config,
            "askPrompt": self._prompt,
            "putProducts": self._products,
            "deleteProduct": self._delete_product,
            **self.server.handles,
        }
        return [
            Route(one, self._keyed(one, keyed[one.id]) if one.id in keyed else self._open(one)) for one in OPERATIONS
        ]

    def _keyed(self, operation: Operation, handle: Callable[[Call], Answer]) -> Callable[[Request], Answer]:
        kinds = operation.access.kinds if isinstance(operation.access, Keyed) else frozenset()

        def checked(request: Request) -> Answer:
            caller = tracking_caller(request, self.keyring, kinds)
            return handle(Call(request, caller.principal, caller.store))

        return checked

    def _open(self, operation: Operation) -> Callable[[Request], Answer]:
        return self._receipt if operation.id == "sendReceipt" else self.pages.of(operation.id)

    def _events(self, call: Call) -> Answer:
        given = validated(EventsIn, _json(call))
        done = self.track(call.principal, Batch(given.events, given.backfill), call.store)
        faults = {one.index: (one.problem.path, one.problem.message) for one in done.rejected}
        noted = self.server.note(call.store, given.events, faults)
        counts = {
            "events_accepted": done.accepted,
            "events_rejected": len(done.rejected),
            "event_items_repeated": done.repeated,
            "product_facts_dropped": done.facts_dropped,
            "products_learned": done.learned,
            **({noted: 1} if noted else {}),
        }
        rejected = [
            out.RejectedOut(index=one.index, path=one.problem.path, message=one.problem.message)
            for one in done.rejected
        ]
        said = answer(out.EventsOut(accepted=done.accepted, rejected=rejected), 202, counts=counts)
        return replace(said, faults=tuple(one.problem.path for one in done.rejected))

    def _traits(self, call: Call) -> Answer:
        visitor = call.request.params["visitor_id"]
        try:
            check_visitor(visitor)
        except ValueError as exc:
            raise Rejected.at("visitor_id", str(exc)) from None
        self._check(call, VisitorId(visitor))
        given = validated(VisitorPatchIn, _json(call))
        changes = given.traits.changes
        new = self.update_traits(call.principal, VisitorId(visitor), changes, idempotency_key(call.request))
        said = out.TraitsOut.model_validate({"visitor_id": visitor, "traits": dict(changes)})
        return answer(said, counts={"traits_changed" if new else "traits_repeated": 1})

    def _identify(self, call: Call) -> Answer:
        given = validated(IdentifyIn, _json(call))
        if self.erased is not None:
            self.erased.check_pair(call.store.id, VisitorId(given.visitor_id), customer(given.customer_id))
        done = self.identify(call.principal, given)
        said = out.IdentifiedOut(visitor_id=given.visitor_id, customer_id=given.customer_id)
        return answer(said, counts={"identified" if done.new else "identified_repeated": 1})

    def _subscribe(self, call: Call) -> Answer:
        given = validated(SubscribeIn, _json(call))
        self._check(call, *([VisitorId(given.visitor_id)] if given.visitor_id else []))
        done = self.subscribe(
            call.principal, call.store, given, read_agent(call.request.headers.get("user-agent", ""))
        )
        row = done.subscription
        made = out.SubscriptionOut(subscription_id=row.id, visitor_id=row.visitor, vapid_key_id=row.vapid_key)
        return answer(made, 201, counts={"subscribed" if done.new else "subscriptions_repeated": 1})

    def _prefer(self, call: Call) -> Answer:
        row = self.prefer(call.principal, validated(PreferIn, _json(call)))
        return answer(preferred(row), counts={"subscription_preferences": 1})

    def _unsubscribe(self, call: Call) -> Answer:
        given = validated(UnsubscribeIn, _json(call))
        found = self.unsubscribe(call.principal, given.endpoint)
        return nothing({"unsubscribed" if found else "unsubscribed_unknown": 1})

    def _receipt(self, request: Request) -> Answer:
        given = validated(ReceiptIn, request.json(BROWSER_BODY))
        done = self.receive(given)
        if done.unknown is not None:
            lost = out.ReceiptOut(accepted=False, reason=f"unknown_{done.unknown}")
            return answer(lost, 202, counts={"receipts_unknown_visitor": 1})
        counted = "receipts_stored" if done.new else "receipts_repeated"
        made = out.ReceiptOut(accepted=True, popup=popup(done.popup), picks=landed(done.picks))
        return answer(made, 202, counts={counted: 1})

    def _check(self, call: Call, *visitors: VisitorId) -> None:
        if self.erased is not None:
            self.erased.check(call.store.id, *visitors)

    def _config(self, call: Call) -> Answer:
        known = answer(config(call.store))
        tag = f'"{hashlib.sha256(known.text.encode()).hexdigest()[:16]}"'
        headers = {"cache-control": f"max-age={CONFIG_MAX_AGE}", "etag": tag}
        if call.request.headers.get("if-none-match") == tag:
            return Answer(304, content_type=None, headers=headers)
        return Answer(200, known.text, headers=headers)

    def _prompt(self, call: Call) -> Answer:
        why = self.prompt(call.store, validated(PromptIn, _json(call)))
        said = out.PromptOut(show=why is None, reason=why)
        return answer(said, counts={"prompts_shown" if why is None else f"prompts_not_shown_{why}": 1})

    def _products(self, call: Call) -> Answer:
        given = validated(ProductsIn, _json(call)).checked
        done = self.put_products(call.principal, given)
        counts = {name: getattr(done, name) for name in out.ProductsOut.model_fields if name != "accepted"}
        return answer(out.ProductsOut(accepted=len(given), **counts), counts={"products_stored": len(given)})

    def _delete_product(self, call: Call) -> Answer:
        self.delete_product(call.principal, ProductId(call.request.params["product_id"]))
        return nothing({"products_deleted": 1})


def _json(call: Call) -> object:
    return call.request.json(SERVER_BODY if call.principal.kind == "srv" else BROWSER_BODY)
