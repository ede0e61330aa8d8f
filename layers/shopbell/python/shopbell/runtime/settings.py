"""What each function reads from its environment; a missing variable names itself."""

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Final, TypeVar

Settings = TypeVar("Settings", bound="FromEnvironment")


class MissingSettingError(RuntimeError):
    """The template did not give the function what it needs."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"the environment lacks {', '.join(names)}")


@dataclass(frozen=True, slots=True)
class FromEnvironment:
    """Each field is the variable of its name in capitals; one without a default is required."""


@dataclass(frozen=True, slots=True)
class EvaluateSettings(FromEnvironment):
    events_table: str
    visitors_table: str
    members_table: str
    log_table: str
    config_table: str
    catalogue_table: str
    watch_table: str
    due_queue_url: str
    send_now_queue_url: str
    parked_queue_url: str


@dataclass(frozen=True, slots=True)
class RebuildSettings(FromEnvironment):
    events_table: str
    visitors_table: str
    members_table: str
    log_table: str
    config_table: str
    catalogue_table: str
    watch_table: str
    runs_table: str
    due_queue_url: str
    send_now_queue_url: str
    parked_queue_url: str
    rebuild_queue_url: str
    webhook_queue_url: str
    files_bucket: str
    shopbell_extra_push_hosts: str = ""


@dataclass(frozen=True, slots=True)
class NightlySettings(FromEnvironment):
    events_table: str
    visitors_table: str
    members_table: str
    log_table: str
    config_table: str
    runs_table: str
    catalogue_table: str
    due_queue_url: str
    send_now_queue_url: str
    parked_queue_url: str
    rebuild_queue_url: str
    nightly_queue_url: str
    webhook_queue_url: str


@dataclass(frozen=True, slots=True)
class WakeSettings(FromEnvironment):
    visitors_table: str
    due_queue_url: str


@dataclass(frozen=True, slots=True)
class ScenarioRunnerSettings(FromEnvironment):
    config_table: str
    visitors_table: str
    members_table: str
    runs_table: str
    audience_queue_url: str
    plan_queue_url: str
    webhook_queue_url: str


@dataclass(frozen=True, slots=True)
class AudienceSettings(FromEnvironment):
    config_table: str
    visitors_table: str
    members_table: str
    runs_table: str
    audience_queue_url: str
    send_fcm_queue_url: str
    send_mozilla_queue_url: str
    send_apple_queue_url: str
    send_wns_queue_url: str
    send_other_queue_url: str


@dataclass(frozen=True, slots=True)
class SendSettings(FromEnvironment):
    config_table: str
    visitors_table: str
    events_table: str
    runs_table: str
    catalogue_table: str
    due_queue_url: str
    parked_queue_url: str
    webhook_queue_url: str
    parameter_prefix: str
    shopbell_push_rates: str = ""
    """Other caps than ours (`domain.push.rates`)."""
    shopbell_codec: str = ""
    """`pywebpush`: whole messages go through it; `cryptography`: theirs alone, and not Python's OpenSSL."""
    shopbell_transport: str = ""
    """`libcurl`: every push goes through it; else only where HTTP/2 is not spoken."""
    shopbell_extra_push_hosts: str = ""
    shopbell_push_ca: str = ""
    shopbell_push_connect: str = ""
    """The last three in stage local alone (ruling 39)."""


@dataclass(frozen=True, slots=True)
class TallySettings(FromEnvironment):
    runs_table: str
    config_table: str
    events_table: str
    visitors_table: str
    webhook_queue_url: str


@dataclass(frozen=True, slots=True)
class WebhookSettings(FromEnvironment):
    config_table: str
    webhook_queue_url: str
    parameter_prefix: str
    event_bus_name: str
    shopbell_webhook_loopback: str = ""
    """Stage local alone: `on` admits addresses of this machine."""


SETTINGS: Final[Mapping[str, type[FromEnvironment]]] = {
    "evaluate": EvaluateSettings,
    "rebuild": RebuildSettings,
    "nightly": NightlySettings,
    "wake": WakeSettings,
    "scenario_runner": ScenarioRunnerSettings,
    "audience": AudienceSettings,
    "send": SendSettings,
    "tally": TallySettings,
    "webhook": WebhookSettings,
}
"""By folder of functions/: the template must give each of them its variables."""


def required(kind: type[FromEnvironment]) -> frozenset[str]:
    """Variables without which the function does not start."""
    return frozenset(field.name.upper() for field in fields(kind) if field.default is MISSING)


def read(kind: type[Settings], environment: Mapping[str, str] | None = None) -> Settings:
    """Raises MissingSettingError."""
    given = os.environ if environment is None else environment
    if missing := sorted(name for name in required(kind) if not given.get(name)):
        raise MissingSettingError(missing)
    names = {field.name: field.name.upper() for field in fields(kind)}
    return kind(**{name: given[variable] for name, variable in names.items() if given.get(variable)})
