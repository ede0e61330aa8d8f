"""What the HTTP functions report of themselves: a counter for every outcome, a line for every refusal."""

from dataclasses import dataclass
from typing import Protocol

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit


class Watch(Protocol):
    """Takes names and numbers only: no bodies, no keys, no personal data."""

    def count(self, name: str, amount: int = 1) -> None: ...

    def refused(self, operation: str, status: int, faults: tuple[str, ...]) -> None:
        """`faults` are the paths of the fields that were wrong, without their values."""

    def failed(self, operation: str, fault: Exception) -> None:
        """A fault of ours: the traceback goes to the log, and nowhere else."""


@dataclass(frozen=True, slots=True)
class PowertoolsWatch:
    """Embedded metrics and structured lines."""

    logger: Logger
    metrics: Metrics

    def count(self, name: str, amount: int = 1) -> None:
        if amount:
            self.metrics.add_metric(name, MetricUnit.Count, amount)

    def refused(self, operation: str, status: int, faults: tuple[str, ...]) -> None:
        self.count(f"Refused{status}")
        self.logger.info("refused", operation=operation, status=status, faults=faults)

    def failed(self, operation: str, fault: Exception) -> None:
        self.count("InternalError")
        self.logger.error("failed", operation=operation, exc_info=fault)
