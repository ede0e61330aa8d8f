"""Schedules of stores in the Scheduler group of the stage: each calls the scenario runner, as the template's do."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from shopbell.adapters.backoff import Backoff
from shopbell.domain.clock import SECOND
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.ownschedule import OwnSchedule, campaign_of

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

SCHEDULED_TIME: Final = "<aws.scheduler.scheduled-time>"
"""Filled in by Scheduler with the instant for which a firing was meant."""
MAX_ATTEMPTS: Final = 20
MAX_AGE_SECONDS: Final = 2 * 3600
_PASSING: Final = frozenset({"ThrottlingException", "InternalServerException", "ConflictException"})
_ABSENT: Final = "ResourceNotFoundException"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Callee:
    """By ARN: the function that schedules call, the role that they take for it, and where lost calls are kept."""

    function: str
    role: str
    dead_letters: str


@dataclass(frozen=True, slots=True)
class EventBridgeSchedules:
    client: "EventBridgeSchedulerClient"
    group: str
    callee: Callee
    backoff: Backoff = field(default_factory=Backoff)

    def get(self, store: StoreId, scenario: str) -> OwnSchedule | None:
        told = self._again(lambda: self.client.get_schedule(GroupName=self.group, Name=_name(store, scenario)))
        if told is None:
            return None
        end = told.get("EndDate")
        ends_at = None if end is None else int(end.timestamp()) * SECOND
        return OwnSchedule(store, scenario, told["ScheduleExpression"], told["ScheduleExpressionTimezone"], ends_at)

    def put(self, schedule: OwnSchedule) -> None:
        """Two at the same time: the one that finds it there changes it."""
        asked = self._asked(schedule)
        self._again(lambda: self._updated(asked) or self.client.create_schedule(**asked))

    def remove(self, store: StoreId, scenario: str) -> None:
        self._again(lambda: self.client.delete_schedule(GroupName=self.group, Name=_name(store, scenario)))

    def _updated(self, asked: dict[str, Any]) -> bool:
        try:
            self.client.update_schedule(**asked)
        except ClientError as error:
            if error.response["Error"].get("Code") != _ABSENT:
                raise
            return False
        return True

    def _asked(self, schedule: OwnSchedule) -> dict[str, Any]:
        campaign, ends_at = campaign_of(schedule.scenario), schedule.ends_at
        whose = {"scenario": schedule.scenario} if campaign is None else {"campaign": campaign}
        payload = {**whose, "store": schedule.store, "scheduled_time": SCHEDULED_TIME}
        return {
            "GroupName": self.group,
            "Name": _name(schedule.store, schedule.scenario),
            "ScheduleExpression": schedule.expression,
            "ScheduleExpressionTimezone": schedule.zone,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            **({} if ends_at is None else {"EndDate": datetime.fromtimestamp(ends_at / SECOND, UTC)}),
            "ActionAfterCompletion": "DELETE" if schedule.once or ends_at is not None else "NONE",
            "Target": {
                "Arn": self.callee.function,
                "RoleArn": self.callee.role,
                "Input": json.dumps(payload),
                "RetryPolicy": {
                    "MaximumEventAgeInSeconds": MAX_AGE_SECONDS,
                    "MaximumRetryAttempts": MAX_ATTEMPTS,
                },
                "DeadLetterConfig": {"Arn": self.callee.dead_letters},
            },
        }

    def _again(self, do: Callable[[], T]) -> T | None:
        """What it answers; None: there is no such schedule."""
        for _ in self.backoff.attempts():
            try:
                return do()
            except ClientError as error:
                code = error.response["Error"].get("Code", "")
                if code == _ABSENT:
                    return None
                if code not in _PASSING:
                    raise
            except BotoCoreError:
                continue
        raise Unavailable("Scheduler does not answer")


def _name(store: StoreId, scenario: str) -> str:
    return f"{store}.{scenario}"
