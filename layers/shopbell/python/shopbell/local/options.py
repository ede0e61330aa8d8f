"""What one run of the machine is told: where the project is, where its state goes, which ports."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

API_PORT: Final = 8787
ENGINE_PORT: Final = 4599
SHOP_PORT: Final = 8788


@dataclass(frozen=True, slots=True)
class Port:
    """A TCP port on loopback: 0 is any; unless `fixed`, the next free one is taken when it is in use."""

    number: int
    fixed: bool = False


ANY_PORT: Final = Port(0)


@dataclass(frozen=True, slots=True)
class HostOptions:
    """`assembly` is a cloud assembly that is already synthesised; without it `project` is synthesised.

    With `source`, handlers and the package run from the project's folders and are reloaded when they change. With
    `enforce_iam` the engine evaluates each function's role. `environments` bounds the processes of one function.
    """

    project: Path
    state: Path
    stage: str = "local"
    assembly: Path | None = None
    stack: str | None = None
    source: bool = False
    api_port: Port = ANY_PORT
    engine_port: Port = ANY_PORT
    enforce_iam: bool = False
    persist: bool = True
    environments: int = 4
    engine: Path = field(default_factory=lambda: Path(".venv-engine/bin/ministack"))
    python: str = sys.executable

    @property
    def engine_binary(self) -> Path:
        return self.engine if self.engine.is_absolute() else self.project / self.engine


def default_project() -> Path:
    """The checkout that this package was imported from."""
    return Path(__file__).resolve().parents[5]
