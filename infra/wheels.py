"""Builds what the layers hold, without Docker: wheels for another platform, and our own package."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from infra.config import Target

ROOT: Final = Path(__file__).resolve().parent.parent
LOCK: Final = ROOT / "requirements" / "layer.lock"
NUMERIC: Final = ROOT / "requirements" / "numeric.lock"
BUILD: Final = ROOT / ".build" / "layers"
PACKAGE: Final = ROOT / "layers" / "shopbell" / "python" / "shopbell"
STOREFRONT: Final = ("shopbell.js", "shopbell-sw.js")

SERVICES: Final = frozenset({"dynamodb", "dynamodbstreams", "events", "s3", "scheduler", "sqs", "ssm", "sts"})
"""AWS services that functions call: botocore's descriptions of the other 400 stay out of the layer."""

SOURCE_ONLY: Final = ("http-ece",)
"""Packages without a wheel; they are pure Python, so the one built here fits every platform."""

UNUSED: Final = frozenset(
    {"cluster", "datasets", "differentiate", "fftpack", "integrate", "interpolate", "io", "misc", "ndimage", "odr"}
    | {"signal", "stats"}
)
"""Of scipy, what its optimiser and special functions never import."""

FORMAT: Final = "2"
"""Goes up whenever the same lock would give another folder."""


def dependencies(target: Target) -> Path:
    """The folder of the third-party layer for `target`, built at most once; its name changes with its content."""
    facts = (LOCK.read_bytes(), repr(target).encode(), repr(sorted(SERVICES)).encode(), FORMAT.encode())
    return _once(f"deps-{_digest(facts)}", lambda folder: _dependencies(target, folder / "python"))


def numeric(target: Target) -> Path:
    """The folder of the layer with numpy and scipy, without their tests; built as `dependencies` is."""
    facts = (NUMERIC.read_bytes(), repr(target).encode(), repr(sorted(UNUSED)).encode(), FORMAT.encode())
    return _once(f"numeric-{_digest(facts)}", lambda folder: _numeric(target, folder / "python"))


def package() -> Path:
    """The folder of our own layer: the package without the one-machine product, and the storefront's files."""
    sources = sorted(path for path in PACKAGE.rglob("*") if path.is_file() and _belongs(path))
    scripts = [ROOT / "storefront" / name for name in STOREFRONT]
    facts = [
        part for path in (*sources, *scripts) for part in (str(path.relative_to(ROOT)).encode(), path.read_bytes())
    ]

    def fill(folder: Path) -> None:
        home = folder / "python" / "shopbell"
        for source in sources:
            _copy(source, home / source.relative_to(PACKAGE))
        for script in scripts:
            _copy(script, home / "sdk" / script.name)

    return _once(f"shopbell-{_digest(facts)}", fill)


def _belongs(path: Path) -> bool:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] != "local" and "__pycache__" not in parts


def _digest(facts: Iterable[bytes]) -> str:
    total = hashlib.sha256()
    for fact in facts:
        total.update(len(fact).to_bytes(8, "big") + fact)
    return total.hexdigest()[:32]


def _once(name: str, fill: Callable[[Path], None]) -> Path:
    """Fill a folder aside and rename it, so that nobody ever sees half of one, nor do two builders collide."""
    folder = BUILD / name
    if not folder.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=BUILD, prefix=".filling-"))
        aside.chmod(0o755)
        try:
            fill(aside)
            aside.rename(folder)
        except OSError:
            if not folder.exists():
                raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return folder


def _copy(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, destination)


def _dependencies(target: Target, folder: Path) -> None:
    _install(target, LOCK, folder)
    _strip(folder)
    for service in (folder / "botocore" / "data").iterdir():
        if service.is_dir() and service.name not in SERVICES:
            _remove(service)


def _numeric(target: Target, folder: Path) -> None:
    _install(target, NUMERIC, folder)
    _strip(folder)
    for part in UNUSED:
        _remove(folder / "scipy" / part)


def _install(target: Target, lock: Path, folder: Path) -> None:
    sys.stderr.write(f"building the {lock.stem} layer for python{target.python} on {target.architecture}\n")
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", str(folder)]
    command += ["--python", sys.executable, "--python-version", target.python]
    command += ["--python-platform", target.wheels, "--only-binary", ":all:"]
    command += [option for name in SOURCE_ONLY for option in ("--no-binary", name)]
    command += ["--require-hashes", "--no-deps", "--requirements", str(lock)]
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    subprocess.run(command, check=True, cwd=ROOT, env=environment)


def _strip(folder: Path) -> None:
    """Drop what no function reads: programs, tests and caches."""
    for unused in (folder / "bin", folder / ".lock"):
        _remove(unused)
    for cache in [path for name in ("__pycache__", "tests") for path in folder.rglob(name)]:
        _remove(cache)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
