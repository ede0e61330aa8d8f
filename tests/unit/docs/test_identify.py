"""The snippets of docs/identify.md sign as the API checks: each is run on the page's own test vector."""

import hashlib
import hmac
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import liquid
import pytest
from shopbell.domain.signatures import signature

PAGE: Final = (Path(__file__).parents[3] / "docs" / "identify.md").read_text(encoding="utf-8")
VECTOR: Final = dict(re.findall(r"^\| (\w+) \| `(.+)` \|$", PAGE, re.MULTILINE))
SECRET, VISITOR, CUSTOMER, EXP = VECTOR["secret"], VECTOR["visitor_id"], VECTOR["customer_id"], int(VECTOR["exp"])
LONG: Final = 30


def snippet(language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def ran(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=LONG).stdout.strip()


def test_the_vector_is_ours() -> None:
    assert signature(SECRET, VISITOR, CUSTOMER, EXP) == VECTOR["signature"]


def test_python() -> None:
    room: dict[str, Callable[[str, str, str, int], str]] = {}
    exec(snippet("python"), room)  # noqa: S102 - our own page
    assert room["sign"](SECRET, VISITOR, CUSTOMER, EXP) == VECTOR["signature"]


def test_node() -> None:
    node = shutil.which("node")
    assert node is not None
    call = f"console.log(sign(...{json.dumps([SECRET, VISITOR, CUSTOMER, EXP])}))"
    assert ran(node, "-e", snippet("javascript") + call) == VECTOR["signature"]


def test_php() -> None:
    php = shutil.which("php")
    if php is None:
        pytest.skip("there is no php here")
    call = f"echo sign('{SECRET}', '{VISITOR}', '{CUSTOMER}', {EXP});"
    assert ran(php, "-r", snippet("php") + call) == VECTOR["signature"]


def test_liquid() -> None:
    environment = liquid.Environment()
    environment.add_filter(
        "hmac_sha256", lambda claim, key: hmac.new(key.encode(), claim.encode(), hashlib.sha256).hexdigest()
    )
    first, rest = snippet("liquid").split("\n", 1)
    assert first.startswith("{%- assign exp = ")
    template = environment.from_string(rest)
    said = template.render(secret=SECRET, visitor_id=VISITOR, customer_id=CUSTOMER, exp=EXP)
    assert said.strip() == VECTOR["signature"]
