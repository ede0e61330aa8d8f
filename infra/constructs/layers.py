"""The layers: what others wrote, what we wrote, and what only the nightly function reckons with."""

from pathlib import Path
from typing import Final

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import wheels
from infra.config import Target

ARCHITECTURES: Final = {"arm64": lambda_.Architecture.ARM_64, "x86_64": lambda_.Architecture.X86_64}


def runtime(target: Target) -> lambda_.Runtime:
    return lambda_.Runtime(f"python{target.python}", lambda_.RuntimeFamily.PYTHON)


class Layers(Construct):
    """All layers, built for `target` before they become assets; the asset's hash is the folder's name."""

    def __init__(self, scope: Construct, id_: str, *, target: Target) -> None:
        super().__init__(scope, id_)
        self.all = [
            self._layer("Dependencies", wheels.dependencies(target), target),
            self._layer("Package", wheels.package(), target),
        ]
        """Of every function."""
        self.numeric = self._layer("Numeric", wheels.numeric(target), target)

    def _layer(self, id_: str, folder: Path, target: Target) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            id_,
            code=lambda_.Code.from_asset(str(folder), asset_hash=folder.name.partition("-")[2]),
            compatible_runtimes=[runtime(target)],
            compatible_architectures=[ARCHITECTURES[target.architecture]],
        )
