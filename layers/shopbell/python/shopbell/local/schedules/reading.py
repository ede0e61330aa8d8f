"""The engine's schedules as the book wants them; details are read again only when a schedule has changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from shopbell.domain.clock import SECOND, Instant
from shopbell.local.clients import Clients
from shopbell.local.schedules.book import Schedule, Target

_PAGE: Final = 10_000
"""The engine knows no next page, so one page must hold all; AWS allows 100."""
_DEFAULT_RETRIES: Final = 185


@dataclass(slots=True)
class ScheduleReader:
    """Reads all groups."""

    clients: Clients
    _seen: dict[str, tuple[datetime, Schedule]] = field(default_factory=dict)

    def read(self) -> list[Schedule]:
        listed: Any = self.clients("scheduler").list_schedules(MaxResults=_PAGE)["Schedules"]
        return [self._schedule(one) for one in listed]

    def delete(self, schedule: Schedule) -> None:
        """Remove a schedule that has done its work; one that is gone already is fine."""
        client = self.clients("scheduler")
        group, name = schedule.name.split("/", 1)
        try:
            client.delete_schedule(GroupName=group, Name=name)
        except client.exceptions.ResourceNotFoundException:
            return

    def _schedule(self, listed: Mapping[str, Any]) -> Schedule:
        name, changed = f"{listed['GroupName']}/{listed['Name']}", listed["LastModificationDate"]
        known = self._seen.get(name)
        if known is None or known[0] != changed:
            told: Any = self.clients("scheduler").get_schedule(GroupName=listed["GroupName"], Name=listed["Name"])
            known = self._seen[name] = (changed, describe(told))
        return known[1]


def describe(told: Mapping[str, Any]) -> Schedule:
    """A schedule from the shape of Scheduler's GetSchedule."""
    target = told["Target"]
    return Schedule(
        name=f"{told['GroupName']}/{told['Name']}",
        arn=told["Arn"],
        expression=told["ScheduleExpression"],
        zone=told.get("ScheduleExpressionTimezone") or "UTC",
        target=Target(
            arn=target["Arn"],
            input=target.get("Input") or "{}",
            retries=target.get("RetryPolicy", {}).get("MaximumRetryAttempts", _DEFAULT_RETRIES),
            dead_letters=target.get("DeadLetterConfig", {}).get("Arn"),
            message_group=target.get("SqsParameters", {}).get("MessageGroupId"),
        ),
        created=_instant(told["CreationDate"]) or 0,
        start=_instant(told.get("StartDate")),
        end=_instant(told.get("EndDate")),
        enabled=told.get("State", "ENABLED") == "ENABLED",
        delete_when_done=told.get("ActionAfterCompletion") == "DELETE",
    )


def _instant(moment: datetime | None) -> Instant | None:
    return None if moment is None else int(moment.timestamp() * SECOND)
