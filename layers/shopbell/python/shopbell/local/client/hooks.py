"""`shopbell webhooks`: which of the store's own systems are told of what happens, and how that goes."""

from typing import Final

from shopbell.domain.webhooks.hook import EVENT_TYPES
from shopbell.local.client.command import Command, Option
from shopbell.local.client.editing import edit

_ALL: Final = "/v1/webhooks"
_ONE: Final = "/v1/webhooks/{webhook_id}"

COMMANDS: Final = (
    Command(
        "webhooks",
        "list",
        "the store's webhooks, and how they go",
        f"GET {_ALL}",
        ("id", "url", "events", "state", "deliveries.delivered", "deliveries.given_up", "deliveries.last_error"),
        paged=True,
    ),
    Command("webhooks", "show", "one webhook, and how it went", f"GET {_ONE}"),
    Command(
        "webhooks",
        "add",
        "have an address, or the event bus, told of events; a secret is shown this once",
        f"POST {_ALL}",
        body=(
            Option("url", "the https address"),
            Option("event_bus", "put them on the event bus of the deployment instead", "flag"),
            Option("event", "of which; may be repeated", "words", choices=EVENT_TYPES, required=True, sent="events"),
            Option(
                "segment", "the id of a segment, to hear of these alone; may be repeated", "words", sent="segments"
            ),
            Option("description", "what it is for"),
        ),
    ),
    Command(
        "webhooks",
        "edit",
        "change fields of a webhook",
        f"PATCH {_ONE}",
        file="the fields that change",
        edits=True,
        act=edit,
        also=(f"GET {_ONE}",),
    ),
    Command("webhooks", "enable", "switch it on again", f"PATCH {_ONE}", fixed={"enabled": True}),
    Command("webhooks", "disable", "send nothing there for now", f"PATCH {_ONE}", fixed={"enabled": False}),
    Command("webhooks", "test", "deliver a test, once; `show` tells how it went", f"POST {_ONE}/test"),
    Command(
        "webhooks",
        "rotate",
        "a new secret, shown this once; the one before signs on for a while",
        f"POST {_ONE}/rotate",
        body=(Option("overlap", "how long both sign, as P7D or PT1H"),),
    ),
    Command(
        "webhooks",
        "remove",
        "tell an address nothing any more",
        f"DELETE {_ONE}",
        ask="Remove this webhook? What is on its way to it is dropped.",
    ),
)
