"""Webhooks over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from shopbell.app.webhooks.check import CheckHook
from shopbell.app.webhooks.manage import HookView, MadeHook, ManageHooks
from shopbell.domain.clock import format_instant
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.webhooks import WebhookIn, WebhookPatchIn, WebhookRotationIn
from shopbell.domain.webhooks.hook import Deliveries, WebhookId, state_of
from shopbell.runtime.http import reading
from shopbell.runtime.http import webhook_answers as out
from shopbell.runtime.http.answer import Answer, answer, nothing
from shopbell.runtime.http.management_ports import Ports
from shopbell.runtime.http.request import Request
from shopbell.runtime.http.shapes import instant


@dataclass(frozen=True, slots=True)
class WebhookCalls:
    hooks: ManageHooks

    @classmethod
    def over(cls, ports: Ports) -> "WebhookCalls":
        own = ports.webhooks
        check = CheckHook(ports.segments, own.leads, own.loopback)
        return cls(
            ManageHooks(own.hooks, own.deliveries, ports.keys.secrets, own.queue, check, ports.random, ports.now)
        )

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {
            "listWebhooks": self._list,
            "createWebhook": self._create,
            "getWebhook": lambda store, request: _seen(self.hooks.one(store, _id(request))),
            "editWebhook": self._edit,
            "rotateWebhook": self._rotate,
            "testWebhook": self._test,
            "deleteWebhook": self._delete,
        }

    def _list(self, store: StoreId, request: Request) -> Answer:
        return reading.listed_by_place(request, partial(self.hooks.page, store), _webhook)

    def _create(self, store: StoreId, request: Request) -> Answer:
        return _made(self.hooks.create(store, reading.body(WebhookIn, request)))

    def _edit(self, store: StoreId, request: Request) -> Answer:
        given = reading.body(WebhookPatchIn, request)
        return _seen(self.hooks.edit(store, _id(request), given, reading.expected_revision(request)))

    def _rotate(self, store: StoreId, request: Request) -> Answer:
        given = reading.maybe_body(WebhookRotationIn, request)
        return _made(self.hooks.rotate(store, _id(request), given.time))

    def _test(self, store: StoreId, request: Request) -> Answer:
        return answer(out.WebhookTestOut(message_id=self.hooks.test(store, _id(request)).id), 202)

    def _delete(self, store: StoreId, request: Request) -> Answer:
        self.hooks.delete(store, _id(request), reading.expected_revision(request))
        return nothing()


def _seen(view: HookView) -> Answer:
    return reading.tagged(_webhook(view), view.hook.revision)


def _made(made: MadeHook) -> Answer:
    told = _webhook(made.view).model_dump()
    shape = out.WebhookSecretOut(**told, secret=made.secret, previous_until=instant(made.previous_until))
    return reading.tagged(shape, made.view.hook.revision, 201)


def _webhook(view: HookView) -> out.WebhookOut:
    hook = view.hook
    return out.WebhookOut(
        id=hook.id,
        url=hook.url or None,
        event_bus=hook.event_bus,
        events=list(hook.events),
        segments=list(hook.segments),
        description=hook.description,
        state=state_of(hook, view.deliveries),
        disabled_because=hook.stopped,
        created_at=format_instant(hook.created_at),
        changed_at=format_instant(hook.changed_at),
        deliveries=_deliveries(view.deliveries),
    )


def _deliveries(found: Deliveries) -> out.DeliveriesOut:
    return out.DeliveriesOut(
        delivered=found.delivered,
        failed=found.failed,
        given_up=found.given_up,
        last_tried_at=instant(found.tried_at),
        last_delivered_at=instant(found.delivered_at),
        last_status=found.status,
        last_error=found.error,
        failing_since=instant(found.failing_since),
    )


def _id(request: Request) -> WebhookId:
    return WebhookId(request.params["webhook_id"])
