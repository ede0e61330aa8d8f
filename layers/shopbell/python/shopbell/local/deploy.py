"""Bring a cloud assembly into the engine: assets to S3, then the stack, with plain reasons on failure."""

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from shopbell.local.assembly import Assembly, Asset, Template, for_engine
from shopbell.local.clients import Clients

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

BOOTSTRAP_PARAMETER: Final = "/cdk-bootstrap/hnb659fds/version"
BOOTSTRAP_VERSION: Final = "30"
_TEMPLATES: Final = "host-templates"
_WAIT_SECONDS: Final = 120
_SETTLED: Final = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
_CAPABILITIES: Final = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")


class DeployError(RuntimeError):
    """The stack did not settle; the message names the failed resources and why."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A settled stack: its outputs, and each logical id's physical id."""

    stack: str
    outputs: dict[str, str]
    resources: dict[str, str]


def deploy(assembly: Assembly, clients: Clients, door: str) -> Deployed:
    """Deploy with every function's invocations going to `door`. DeployError when a resource fails."""
    clients("ssm").put_parameter(Name=BOOTSTRAP_PARAMETER, Value=BOOTSTRAP_VERSION, Type="String", Overwrite=True)
    _upload(assembly, clients("s3"))
    cloudformation = clients("cloudformation")
    url = _upload_template(for_engine(assembly.template, door), clients)
    _create_or_update(cloudformation, assembly.stack, url)
    outputs = _settled(cloudformation, assembly.stack)
    listed = cloudformation.describe_stack_resources(StackName=assembly.stack)["StackResources"]
    resources = {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in listed}
    return Deployed(assembly.stack, outputs, resources)


def _upload(assembly: Assembly, s3: "S3Client") -> None:
    # The engine never opens a layer: workers read it from the assembly. Not sending it saves seconds and memory.
    layers = {
        one["Properties"]["Content"]["S3Key"] for one in assembly.resources("AWS::Lambda::LayerVersion").values()
    }
    present: dict[str, set[str]] = {}
    for asset in assembly.assets:
        if asset.bucket not in present:
            present[asset.bucket] = set(_keys(s3, asset.bucket))
        if asset.key not in layers and asset.key not in present[asset.bucket]:
            s3.put_object(Bucket=asset.bucket, Key=asset.key, Body=_content(asset))


def _upload_template(template: Template, clients: Clients) -> str:
    """Where CloudFormation reads it: in a call itself it may have no more than 51,200 bytes."""
    body = json.dumps(template).encode()
    key = f"{hashlib.sha256(body).hexdigest()}.json"
    _keep(clients("s3"), _TEMPLATES)
    clients("s3").put_object(Bucket=_TEMPLATES, Key=key, Body=body)
    return f"{clients.url}/{_TEMPLATES}/{key}"


def _keys(s3: "S3Client", bucket: str) -> Iterator[str]:
    _keep(s3, bucket)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield from (one["Key"] for one in page.get("Contents", ()))


def _keep(s3: "S3Client", bucket: str) -> None:
    """Create the bucket unless it is there."""
    try:
        s3.create_bucket(Bucket=bucket)
    except ClientError as exc:
        if not exc.response["Error"]["Code"].startswith("BucketAlready"):
            raise


def _content(asset: Asset) -> bytes:
    if not asset.zipped or asset.path.suffix == ".zip":
        return asset.path.read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in _files(asset.path):
            archive.write(path, path.relative_to(asset.path))
    return packed.getvalue()


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def _create_or_update(cloudformation: "CloudFormationClient", stack: str, url: str) -> None:
    try:
        cloudformation.create_stack(StackName=stack, TemplateURL=url, Capabilities=_CAPABILITIES)
    except ClientError as exc:
        if exc.response["Error"]["Code"] != "AlreadyExistsException":
            raise DeployError(f"{stack}: {exc}") from exc
    else:
        return
    try:
        cloudformation.update_stack(StackName=stack, TemplateURL=url, Capabilities=_CAPABILITIES)
    except ClientError as exc:
        if "No updates" not in str(exc):
            raise DeployError(f"{stack}: {exc}") from exc


def _settled(cloudformation: "CloudFormationClient", stack: str) -> dict[str, str]:
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        told = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        if told["StackStatus"] in _SETTLED:
            return {one["OutputKey"]: one["OutputValue"] for one in told.get("Outputs", ())}
        if not told["StackStatus"].endswith("IN_PROGRESS") or time.monotonic() > deadline:
            raise DeployError(f"{stack} is {told['StackStatus']}\n{_reasons(cloudformation, stack)}")
        time.sleep(0.02)


def _reasons(cloudformation: "CloudFormationClient", stack: str) -> str:
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return "\n".join(
        f"  {one.get('LogicalResourceId')} ({one.get('ResourceType')}): {one.get('ResourceStatusReason')}"
        for one in events
        if "FAILED" in one.get("ResourceStatus", "")
    )
