"""What differs between the stages, and nothing else: one frozen value per stage."""

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Literal

from aws_cdk.aws_logs import RetentionDays

StageName = Literal["dev", "prod", "local"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The machine that functions run on, as Lambda and as the wheel index call it."""

    python: str
    architecture: Literal["arm64", "x86_64"]
    wheels: str


LAMBDA: Final = Target(python="3.13", architecture="arm64", wheels="aarch64-manylinux_2_28")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One deployment. `protect`: tables and failures outlive the stack, with point-in-time recovery."""

    name: StageName
    target: Target = LAMBDA
    protect: bool = False
    tracing: bool = True
    log_retention: RetentionDays = RetentionDays.ONE_MONTH
    requests_per_second: int = 500
    burst: int = 1000
    calls_per_minute: int | None = None
    """Management calls that a key may make; else the code's own."""
    alarm_email: str | None = None
    domain_name: str | None = None
    certificate_arn: str | None = None
    push_rates: str = ""
    """Posts a second of the whole deployment, by push service, such as `fcm=40000,wns=2000`; else the code's own."""
    push_tests: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    webhook_tests: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    extra_queue_actions: tuple[str, ...] = ()
    extra_schedule_groups: tuple[str, ...] = ()
    tls_only: bool = True

    @property
    def parameter_prefix(self) -> str:
        return f"/shopbell/{self.name}"


DEV: Final = Stage(name="dev")
PROD: Final = Stage(
    name="prod", protect=True, log_retention=RetentionDays.THREE_MONTHS, requests_per_second=2000, burst=4000
)

GIVEN: Final = ("alarm_email", "domain_name", "certificate_arn", "push_rates", "calls_per_minute")
"""What an owner may set, in cdk.json's context or with `-c`."""

PUSH_TESTS: Final = ("SHOPBELL_EXTRA_PUSH_HOSTS", "SHOPBELL_PUSH_CA", "SHOPBELL_PUSH_CONNECT")
"""Settings that admit test push services; they enter the template of stage `local` alone (ruling 39)."""

WEBHOOK_TESTS: Final[Mapping[str, str]] = MappingProxyType({"SHOPBELL_WEBHOOK_LOOPBACK": "on"})
"""Of stage `local` alone: webhooks may post to this machine, over plain HTTP."""


def this_machine() -> Target:
    """Whatever runs this: the local workers are processes of the same interpreter."""
    arm = platform.machine() in {"aarch64", "arm64"}
    system = "apple-darwin" if sys.platform == "darwin" else "unknown-linux-gnu"
    return Target(
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        architecture="arm64" if arm else "x86_64",
        wheels=f"{'aarch64' if arm else 'x86_64'}-{system}",
    )


def local(environment: Mapping[str, str]) -> Stage:
    """For the engine, which speaks plain HTTP, asks for `SendMessageBatch` where AWS asks for `SendMessage`, and
    takes every schedule for one of the group `default` when it asks who may change it.
    """
    return Stage(
        name="local",
        target=this_machine(),
        log_retention=RetentionDays.ONE_WEEK,
        push_tests={name: environment[name] for name in PUSH_TESTS if environment.get(name)},
        webhook_tests=WEBHOOK_TESTS,
        extra_queue_actions=("sqs:SendMessageBatch",),
        extra_schedule_groups=("default",),
        tls_only=False,
        calls_per_minute=60_000,  # its callers are tests and one's own tools
        push_rates="other=5000",  # the push services of this machine are none of the known ones
    )


def stage(name: str, *, environment: Mapping[str, str], given: Mapping[str, str]) -> Stage:
    """The stage of that name, with what the owner has set."""
    if ("domain_name" in given) != ("certificate_arn" in given):
        raise SystemExit("domain_name and certificate_arn belong together: give both or none")
    match name:
        case "dev":
            chosen = DEV
        case "prod":
            chosen = PROD
        case "local":
            chosen = local(environment)
        case _:
            raise SystemExit(f"unknown stage {name!r}: dev, prod or local")
    return replace(
        chosen,
        alarm_email=given.get("alarm_email"),
        domain_name=given.get("domain_name"),
        certificate_arn=given.get("certificate_arn"),
        push_rates=given.get("push_rates", chosen.push_rates),
        calls_per_minute=_whole(given, "calls_per_minute", chosen.calls_per_minute),
    )


def _whole(given: Mapping[str, str], name: str, usual: int | None) -> int | None:
    text = given.get(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise SystemExit(f"{name} must be a whole number above 0, not {text!r}")
    return int(text)
