"""A CDK cloud assembly as read from disk: one stack's template and the assets that it refers to.

Source: cloud assembly schema, `manifest.json` and `<stack>.assets.json`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shopbell.local.clients import ACCOUNT, REGION

Template = dict[str, Any]
PROXY_VARIABLE: Final = "MINISTACK_LAMBDA_PROXY_URL"
_ENGINE_TIMEOUT: Final = 900


class AssemblyError(RuntimeError):
    """The assembly lacks what it should hold."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file or folder that the template finds in a bucket under `key`."""

    bucket: str
    key: str
    path: Path
    zipped: bool


@dataclass(frozen=True, slots=True)
class Assembly:
    """One stack of an assembly; the template is as CDK wrote it."""

    folder: Path
    stack: str
    template: Template
    assets: tuple[Asset, ...]

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Resources of one CloudFormation type by logical id."""
        return {name: one for name, one in self.template["Resources"].items() if one["Type"] == kind}

    def asset(self, key: str) -> Path:
        """The folder or file behind an object key of the template."""
        for asset in self.assets:
            if asset.key == key:
                return asset.path
        raise AssemblyError(f"the assembly has no asset {key}")


def read_assembly(folder: Path, stack: str | None = None) -> Assembly:
    """The named stack, or the only one. AssemblyError when there is none of that name, or no single one."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
    except FileNotFoundError as exc:
        raise AssemblyError(f"{folder} is no cloud assembly") from exc
    artifacts: Mapping[str, Any] = manifest["artifacts"]
    stacks = {n: a for n, a in artifacts.items() if a["type"] == "aws:cloudformation:stack"}
    wanted = {n: a for n, a in stacks.items() if stack is None or stack in (n, _stack_name(n, a))}
    if len(wanted) != 1:
        raise AssemblyError(f"{folder} holds the stacks {sorted(stacks)}, wanted {stack or 'exactly one'}")
    ((name, artifact),) = wanted.items()
    template = json.loads((folder / artifact["properties"]["templateFile"]).read_text())
    return Assembly(folder, _stack_name(name, artifact), template, _assets(folder, artifacts, name))


def _stack_name(name: str, artifact: Mapping[str, Any]) -> str:
    return str(artifact["properties"].get("stackName", name))


def _assets(folder: Path, artifacts: Mapping[str, Any], stack: str) -> tuple[Asset, ...]:
    described = artifacts.get(f"{stack}.assets", {}).get("properties", {}).get("file")
    if described is None:
        return ()
    files = json.loads((folder / described).read_text())["files"]
    return tuple(
        Asset(_resolved(to["bucketName"]), _resolved(to["objectKey"]), folder / one["source"]["path"], _zipped(one))
        for one in files.values()
        for to in one["destinations"].values()
    )


def _zipped(described: Mapping[str, Any]) -> bool:
    return bool(described["source"]["packaging"] == "zip")


def _resolved(text: str) -> str:
    known = {"${AWS::AccountId}": ACCOUNT, "${AWS::Region}": REGION, "${AWS::Partition}": "aws"}
    for placeholder, value in known.items():
        text = text.replace(placeholder, value)
    return text


def hosted(function: Mapping[str, Any]) -> bool:
    """True for a function that the host runs: Python from an asset. CDK's own helpers stay with the engine."""
    properties = function["Properties"]
    return "S3Key" in properties.get("Code", {}) and str(properties.get("Runtime", "")).startswith("python")


def for_engine(template: Template, door: str) -> Template:
    """The template as the engine gets it: its own mappings off, every invocation sent to `door`/<logical id>.

    The host runs the functions, owns the mappings and keeps the time: the engine would count a cold start as part of
    a function's timeout. Nothing else is changed.
    """
    changed: Template = json.loads(json.dumps(template))
    for name, resource in changed["Resources"].items():
        properties = resource.setdefault("Properties", {})
        match resource["Type"]:
            case "AWS::Lambda::EventSourceMapping":
                properties["Enabled"] = False
            case "AWS::Lambda::Function" if hosted(resource):
                variables = properties.setdefault("Environment", {}).setdefault("Variables", {})
                variables[PROXY_VARIABLE] = f"{door}/{name}"
                properties["Timeout"] = _ENGINE_TIMEOUT
            case _:
                pass
    return changed
