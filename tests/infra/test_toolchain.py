"""The tools around the code: pinned by hash, free of addresses, one gate, and every package of the design in use."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
LOCKS: Final = sorted((ROOT / "requirements").glob("*.lock"))
OUTSIDE_TESTS: Final = ("boto3", "aws_lambda_powertools", "pydantic", "pywebpush", "aws_cdk", "constructs")
SOURCES: Final = ("layers", "functions", "infra")


def imported(folder: Path) -> Iterator[str]:
    """Top-level names of everything that the modules of a folder import, wherever they do."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Import(names=names):
                    yield from (alias.name.partition(".")[0] for alias in names)
                case ast.ImportFrom(module=str(module), level=0):
                    yield module.partition(".")[0]
                case _:
                    pass


@pytest.mark.parametrize("package", OUTSIDE_TESTS)
def test_a_package_of_the_design_is_used_outside_the_tests(package: str) -> None:
    assert package in {name for folder in SOURCES for name in imported(ROOT / folder)}


def test_moto_is_used_in_the_tests_and_nowhere_else() -> None:
    assert "moto" in set(imported(ROOT / "tests"))
    assert "moto" not in {name for folder in SOURCES for name in imported(ROOT / folder)}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_pins_every_package_by_version_and_hash_and_names_no_host(lock: Path) -> None:
    text = lock.read_text()
    packages = [line for line in text.splitlines() if re.match(r"^[a-z0-9]", line)]

    assert packages
    assert all(re.match(r"^[a-z0-9._-]+(\[[a-z0-9,-]+\])?==\S+ .*\\$", line) for line in packages)
    assert text.count("--hash=sha256:") >= len(packages)
    assert not re.search(r"https?:|--index|--find-links|--extra", text)


def test_the_layer_and_the_developers_machine_have_the_same_versions() -> None:
    developer = set(pins(ROOT / "requirements" / "dev.lock"))
    assert set(pins(ROOT / "requirements" / "layer.lock")) <= developer


def pins(lock: Path) -> Iterator[str]:
    for line in lock.read_text().splitlines():
        if found := re.match(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", line):
            yield f"{found[1]}=={found[2]}"


def test_the_cdk_command_line_is_pinned_by_integrity_and_names_no_host() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    package = json.loads(lock)["packages"]["node_modules/aws-cdk"]

    assert package["version"] == json.loads((ROOT / "package.json").read_text())["devDependencies"]["aws-cdk"]
    assert package["integrity"].startswith("sha512-")
    assert "resolved" not in lock
    assert "://" not in lock


def test_ci_is_the_gate_and_nothing_else() -> None:
    gate = ROOT / ".ci" / "run"
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text()

    assert os.access(gate, os.X_OK)
    assert gate.read_text().splitlines()[-1] == "exec make test"
    assert ".ci/run" in workflow


@pytest.mark.slow
def test_the_app_and_the_command_line_give_the_same_template(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    cli = ["npx", "--no-install", "cdk", "synth", "--quiet", "--output", str(theirs)]
    for command in ([sys.executable, "-m", "infra.app"], cli):
        environment = {**os.environ, "SHOPBELL_STAGE": "prod", "CDK_OUTDIR": str(ours)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    assert (ours / "Shopbell-prod.template.json").read_text() == (theirs / "Shopbell-prod.template.json").read_text()
