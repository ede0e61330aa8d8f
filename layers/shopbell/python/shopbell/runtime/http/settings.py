"""What the HTTP functions read from their environment, in the form of `runtime.settings`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.runtime.settings import FromEnvironment


@dataclass(frozen=True, slots=True)
class TrackSettings(FromEnvironment):
    events_table: str
    visitors_table: str
    config_table: str
    catalogue_table: str
    runs_table: str
    parameter_prefix: str
    shopbell_requests_per_second: str = ""
    """What the gateway lets through, of all callers together; it is told to them."""
    shopbell_extra_push_hosts: str = ""
    """Stage local alone: push services on this machine (ruling 39)."""


@dataclass(frozen=True, slots=True)
class AuthorizeSettings(FromEnvironment):
    config_table: str


@dataclass(frozen=True, slots=True)
class CampaignsSettings(FromEnvironment):
    events_table: str
    config_table: str
    visitors_table: str
    members_table: str
    log_table: str
    catalogue_table: str
    runs_table: str
    plan_queue_url: str
    rebuild_queue_url: str
    send_now_queue_url: str
    webhook_queue_url: str
    files_bucket: str
    parameter_prefix: str
    schedule_group: str
    schedule_function: str
    schedule_role: str
    schedule_dead_letters: str
    shopbell_push_rates: str = ""
    """As `send` has them, for what a campaign would take."""
    shopbell_calls_per_minute: str = ""
    """Of one key; else the code's own."""
    shopbell_webhook_loopback: str = ""
    """Stage local alone: `on` admits webhooks of this machine."""


SETTINGS: Final[Mapping[str, type[FromEnvironment]]] = {
    "track": TrackSettings,
    "authorize": AuthorizeSettings,
    "campaigns": CampaignsSettings,
}
"""By folder of functions/: the template must give each of them its variables."""
