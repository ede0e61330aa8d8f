"""A stack that `cdk deploy` sent to AWS, found by its name and spoken to with the operator's own credentials."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoRegionError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


Clients = Callable[[str], Any]
"""A service's name to a client of boto3."""


class NotDeployedError(RuntimeError):
    """There is no such stack, or these credentials may not see it; the message says which."""


@dataclass(frozen=True, slots=True)
class DeployedStack:
    """Outputs are all that is needed to find tables, queues and the API."""

    make: Clients
    outputs: Mapping[str, str]

    @property
    def api_url(self) -> str:
        return self.outputs["ApiUrl"].rstrip("/")

    def client(self, service: str) -> Any:
        return self.make(service)


def find(stage: str, make: Clients | None = None) -> DeployedStack:
    """The stack of a stage in the account and region that the environment names. Raises NotDeployedError."""
    anywhere: Any = boto3.Session().client
    using: Clients = make or anywhere
    name = f"Shopbell-{stage}"
    try:
        cloudformation: CloudFormationClient = using("cloudformation")
        stacks = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except (ClientError, BotoCoreError) as exc:
        hint = "; set AWS_REGION, or a profile that has one" if isinstance(exc, NoRegionError) else ""
        raise NotDeployedError(f"{name} cannot be read: {exc}{hint}") from exc
    return DeployedStack(using, {one["OutputKey"]: one["OutputValue"] for one in stacks[0].get("Outputs", [])})
