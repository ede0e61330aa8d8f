"""What the calls about webhooks answer; every field is always there."""

from pydantic import BaseModel


class DeliveriesOut(BaseModel):
    """`failed` counts attempts, `given_up` messages. `last_status` null: there was no answer, or no attempt yet."""

    delivered: int
    failed: int
    given_up: int
    last_tried_at: str | None
    last_delivered_at: str | None
    last_status: int | None
    last_error: str | None
    failing_since: str | None


class WebhookOut(BaseModel):
    """`state`: `active`, `failing` (the last attempt was not taken), `disabled` (`disabled_because`: by whom, if not
    by an admin). `segments` empty: all. `url` null: `event_bus`.
    """

    id: str
    url: str | None
    event_bus: bool
    events: list[str]
    segments: list[str]
    description: str | None
    state: str
    disabled_because: str | None
    created_at: str
    changed_at: str
    deliveries: DeliveriesOut


class WebhookSecretOut(WebhookOut):
    """`secret` is shown this once; null: nothing is signed on the event bus. `previous_until`: until then the one
    before signs as well.
    """

    secret: str | None
    previous_until: str | None


class WebhookTestOut(BaseModel):
    """`message_id` is the test's `webhook-id`; how it went is in the webhook's `deliveries`."""

    message_id: str
