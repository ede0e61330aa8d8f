"""The functions of a deployed stack: their configuration as the engine has it, their code as the assembly has it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shopbell.domain.clock import SECOND, Duration
from shopbell.local.assembly import PROXY_VARIABLE, Assembly, hosted
from shopbell.local.clients import Clients
from shopbell.local.deploy import Deployed

PACKAGE: Final = "shopbell"
_DEFAULT_TIMEOUT: Final = 3
"""Lambda's, in seconds."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function: `logical` is its id in the template, `label` its short name, `path` what it imports from."""

    logical: str
    label: str
    name: str
    arn: str
    role: str
    handler: str
    runtime: str
    timeout: Duration
    memory: int
    variables: Mapping[str, str]
    path: tuple[Path, ...]
    watched: tuple[Path, ...]
    """Those of `path` that are source: a change there is to be live."""

    @property
    def code(self) -> Path:
        return self.path[0]


@dataclass(frozen=True, slots=True)
class Source:
    """The project's folders: `functions` holds a folder per handler, `package` is what the package's layer holds."""

    functions: Path
    package: Path


def read_functions(
    assembly: Assembly, deployed: Deployed, clients: Clients, source: Source | None
) -> Iterator[Function]:
    """Every function that the host runs; with `source`, from the project's folders, not the assembly's copies."""
    client = clients("lambda")
    for logical, resource in assembly.resources("AWS::Lambda::Function").items():
        if hosted(resource):
            told: Any = client.get_function_configuration(FunctionName=deployed.resources[logical])
            yield _function(logical, told, assembly, source)


def _function(logical: str, told: Mapping[str, Any], assembly: Assembly, source: Source | None) -> Function:
    written = assembly.template["Resources"][logical]["Properties"]
    path = _path(assembly, written)
    live = _live(path, told["Handler"], source) if source else {}
    variables = told.get("Environment", {}).get("Variables", {})
    return Function(
        logical=logical,
        label=variables.get("POWERTOOLS_SERVICE_NAME", logical),
        name=told["FunctionName"],
        arn=told["FunctionArn"],
        role=told["Role"],
        handler=told["Handler"],
        runtime=told["Runtime"],
        timeout=written.get("Timeout", _DEFAULT_TIMEOUT) * SECOND,
        memory=told["MemorySize"],
        variables={name: value for name, value in variables.items() if name != PROXY_VARIABLE},
        path=tuple(live.get(folder, folder) for folder in path),
        watched=tuple(live.values()),
    )


def _path(assembly: Assembly, properties: Mapping[str, Any]) -> tuple[Path, ...]:
    code = assembly.asset(properties["Code"]["S3Key"])
    layers = (_layer(assembly, reference) for reference in properties.get("Layers", ()))
    return (code.resolve(), *(one.resolve() for one in layers))


def _live(path: tuple[Path, ...], handler: str, source: Source) -> dict[Path, Path]:
    """The assembly's folders that stand for source, each with the source itself."""
    code, *layers = path
    found = {layer: source.package for layer in layers if (layer / PACKAGE).is_dir()}
    own = _handler_source(code, handler, source.functions)
    return {**found, code: own} if own else found


def _layer(assembly: Assembly, reference: Mapping[str, str]) -> Path:
    layer = assembly.template["Resources"][reference["Ref"]]
    return assembly.asset(layer["Properties"]["Content"]["S3Key"]) / "python"


def _handler_source(code: Path, handler: str, functions: Path) -> Path | None:
    """The one folder whose handler is that of the assembly, byte for byte; None without one."""
    file = re.sub(r"\.[^.]+$", "", handler).replace(".", "/") + ".py"
    written = (code / file).read_bytes()
    same = [one.parent for one in functions.glob(f"*/{file}") if one.read_bytes() == written]
    return same[0].resolve() if len(same) == 1 else None
