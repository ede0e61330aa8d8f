"""The shop's own systems are told of what happens."""

from shopbell.domain.webhooks.hook import Attempt, WebhookId

from tests.functions.http.story.teller import OTHER, Teller
from tests.functions.http.world import OURS

URL = "https://crm.fjell.example/shopbell"


def webhooks(teller: Teller) -> None:
    given = {"url": URL, "events": ["segment.entered", "segment.exited"], "description": "CRM"}
    made = teller.tell("createWebhook", given)
    teller.tell(
        "createWebhook", {**given, "url": "https://10.0.0.7/"}, status=422, says="An address that is not public"
    )
    teller.tell("createWebhook", {"event_bus": True, "events": ["segment.entered"]}, says="On the event bus")
    name = str(made["id"])
    teller.tell("testWebhook", webhook_id=name)
    went = teller.office.ports().webhooks.deliveries
    went.note(OURS, WebhookId(name), Attempt(teller.office.clock.now, 204))
    teller.tell("getWebhook", webhook_id=name)
    teller.tell("listWebhooks")
    teller.tell("listWebhooks", query={"cursor": OTHER}, status=422)
    teller.tell("editWebhook", {"events": ["segment.entered"]}, webhook_id=name)
    teller.tell("editWebhook", {"events": []}, webhook_id=name, status=422)
    teller.tell("rotateWebhook", {"overlap": "P1D"}, webhook_id=name)
    teller.tell("rotateWebhook", {"overlap": "soon"}, webhook_id=name, status=422)
    stale = {"if-match": '"1"'}
    teller.tell("deleteWebhook", webhook_id=name, headers=stale, status=412, says="It was changed meanwhile")
    teller.tell("deleteWebhook", webhook_id=name)
