"""Synthesised templates as the tests read them: each stage once per process."""

import atexit
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from infra.app import build

Properties = Mapping[str, Any]

PUSH_TESTS: Final = {
    "SHOPBELL_EXTRA_PUSH_HOSTS": "https://127.0.0.1:8443",
    "SHOPBELL_PUSH_CA": "ca.pem",
    "SHOPBELL_PUSH_CONNECT": "jmt17.google.com:443=127.0.0.1:9443",
}
"""Set in the environment of every synthesis here: in dev and prod they must have no effect."""

IN_PLACE: Final = {"aws:cdk:disable-asset-staging": True}
"""Assets stay where they are: a copy of 100 MB for each synthesis would prove nothing."""


@dataclass(frozen=True, slots=True)
class Template:
    """One stage's template, and the assembly that it came with."""

    stage: str
    assembly: Path
    body: Mapping[str, Any]

    @property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        resources: Mapping[str, Mapping[str, Any]] = self.body["Resources"]
        return resources

    @property
    def outputs(self) -> Mapping[str, Any]:
        return {name: output["Value"] for name, output in self.body["Outputs"].items()}

    def of(self, kind: str) -> Mapping[str, Properties]:
        """Properties by logical id of every resource of one type, such as `Lambda::Function`."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == f"AWS::{kind}"
        }

    def function(self, name: str) -> tuple[str, Properties]:
        """Logical id and properties by the folder's name."""
        for logical, properties in self.of("Lambda::Function").items():
            if variables(properties)["POWERTOOLS_SERVICE_NAME"] == name:
                return logical, properties
        raise LookupError(name)

    def function_names(self) -> Mapping[str, str]:
        """Logical id to folder."""
        found = self.of("Lambda::Function").items()
        return {logical: variables(properties)["POWERTOOLS_SERVICE_NAME"] for logical, properties in found}

    def statements(self, function: str) -> Iterator[Properties]:
        """Every policy statement of a function's role."""
        role = self.function(function)[1]["Role"]["Fn::GetAtt"][0]
        for policy in self.of("IAM::Policy").values():
            if {"Ref": role} in policy["Roles"]:
                yield from policy["PolicyDocument"]["Statement"]

    def asset(self, key: str) -> Path:
        """The folder behind an object key of the template."""
        files = json.loads((self.assembly / f"Shopbell-{self.stage}.assets.json").read_text())["files"]
        for file in files.values():
            if any(to["objectKey"] == key for to in file["destinations"].values()):
                return self.assembly / str(file["source"]["path"])
        raise LookupError(key)


def variables(function: Properties) -> Mapping[str, Any]:
    found: Mapping[str, Any] = function["Environment"]["Variables"]
    return found


def listed(value: object) -> list[Any]:
    """IAM writes one of something without its list."""
    return value if isinstance(value, list) else [value]


@cache
def template(stage: str, **context: str) -> Template:
    """The stage as it would be deployed; `context` as `-c` would give it."""
    folder = Path(tempfile.mkdtemp(prefix=f"shopbell-{stage}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    build(stage=stage, environment=PUSH_TESTS, outdir=str(folder), context={**IN_PLACE, **context}).synth()
    return Template(stage, folder, json.loads((folder / f"Shopbell-{stage}.template.json").read_text()))
