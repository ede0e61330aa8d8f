"""What the layers hold: all that the handlers import, for the right machine, and no one-machine product."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from infra.services import SERVICES
from tests.infra.templates import Template

LAMBDA_LIMIT: Final = 250 * 1024 * 1024
AARCH64: Final = 183
"""e_machine of an ELF file, at byte 18."""


def folders(template: Template, function: str = "nightly") -> list[Path]:
    """Of the layers of a function; the nightly one has all."""
    layers = template.of("Lambda::LayerVersion")
    refs = [layer["Ref"] for layer in template.function(function)[1]["Layers"]]
    return [template.asset(layers[ref]["Content"]["S3Key"]) / "python" for ref in refs]


def size(folders: list[Path]) -> int:
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())


def package(template: Template) -> Path:
    return next(folder / "shopbell" for folder in folders(template) if (folder / "shopbell").is_dir())


def dependencies(template: Template) -> Path:
    return next(folder for folder in folders(template) if (folder / "botocore").is_dir())


def test_the_package_layer_lacks_the_one_machine_product_and_caches(any_stage: Template) -> None:
    home = package(any_stage)

    assert (home / "domain").is_dir()
    assert not (home / "local").exists()
    assert not list(home.rglob("__pycache__"))


def test_the_package_layer_holds_the_scripts_of_the_storefront(any_stage: Template) -> None:
    assert sorted(path.name for path in (package(any_stage) / "sdk").iterdir()) == ["shopbell-sw.js", "shopbell.js"]


def test_the_layers_together_fit_into_lambda(any_stage: Template) -> None:
    assert size(folders(any_stage, "evaluate")) < LAMBDA_LIMIT / 2
    assert size(folders(any_stage, "nightly")) < LAMBDA_LIMIT * 0.95


def test_only_the_nightly_function_carries_what_only_it_reckons_with(any_stage: Template) -> None:
    carrying = {name for name in SERVICES if any((folder / "scipy").is_dir() for folder in folders(any_stage, name))}
    assert carrying == {"nightly"}


def test_compiled_modules_are_for_arm_and_for_python_3_13(prod: Template) -> None:
    modules = sorted(path for folder in folders(prod) for path in folder.rglob("*.so"))

    assert modules
    for module in modules:
        assert int.from_bytes(module.read_bytes()[18:20], "little") == AARCH64, module.name
        assert "cpython-313" in module.name or "abi3" in module.name or "cpython" not in module.name, module.name


def test_compiled_modules_of_stage_local_are_for_this_python(local: Template) -> None:
    tag = f"cpython-{sys.version_info.major}{sys.version_info.minor}"
    named = [module.name for module in dependencies(local).rglob("*.so") if "cpython-" in module.name]

    assert named
    assert all(tag in name for name in named)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_handler_loads_from_its_layers_alone(local: Template, name: str) -> None:
    """In a bare interpreter that sees its layers and the function's folder, as in Lambda."""
    code = local.asset(local.function(name)[1]["Code"]["S3Key"])
    path = os.pathsep.join(str(folder) for folder in (code, *folders(local, name)))
    script = (
        "import handler, shopbell, botocore; print(handler.handler.__name__, shopbell.__file__, botocore.__file__)"
    )
    loaded = subprocess.run(
        [sys.executable, "-S", "-B", "-c", script],
        env={"PYTHONPATH": path, "AWS_DEFAULT_REGION": "eu-central-1", "POWERTOOLS_SERVICE_NAME": name},
        capture_output=True,
        text=True,
        check=False,
    )
    assert loaded.returncode == 0, loaded.stderr
    _, ours, theirs = loaded.stdout.split()
    assert Path(ours).is_relative_to(package(local))
    assert Path(theirs).is_relative_to(dependencies(local))
