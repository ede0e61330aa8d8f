"""What the HTTP functions read from their environment; a missing variable names itself."""

import os
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class MissingSetting(RuntimeError):  # noqa: N818 - the name says what happened
    """The template did not give the function what it needs."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"the environment lacks {', '.join(names)}")


def _listed(value: object) -> object:
    return tuple(part for part in value.split(",") if part) if isinstance(value, str) else value


Listed = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        """From the environment by the upper-case names of the fields."""
        given = os.environ if environment is None else environment
        missing = [
            name.upper()
            for name, field in cls.model_fields.items()
            if field.is_required() and not given.get(name.upper())
        ]
        if missing:
            raise MissingSetting(missing)
        named = {name: given[name.upper()] for name in cls.model_fields if given.get(name.upper())}
        return cls.model_validate(named)


class TrackSettings(_Settings):
    events_table: str
    visitors_table: str
    config_table: str
    catalogue_table: str
    runs_table: str
    parameter_prefix: str
    shopbell_extra_push_hosts: Listed = Field(default=())
    """Stage local alone: push services on this machine (ruling 39)."""


class AuthorizeSettings(_Settings):
    config_table: str


class CampaignsSettings(_Settings):
    config_table: str
    visitors_table: str
    members_table: str
    log_table: str
    runs_table: str
    plan_queue_url: str
    rebuild_queue_url: str
    send_now_queue_url: str
