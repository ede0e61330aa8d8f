"""A key or an address that cannot be right is refused in words, and a key is never shown."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.functions.command.counter import Counter
from tests.functions.http.world import MGMT

MODULE: Final = (sys.executable, "-m", "shopbell.local.cli")


def run(counter: Counter, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command as a process with this environment."""
    where = ("--state-dir", str(counter.folder / "state"))
    given = {**os.environ, **environment}
    return subprocess.run([*MODULE, *where, *words], env=given, capture_output=True, text=True, check=False)


@pytest.fixture
def url(counter: Counter) -> str:
    return str(json.loads((counter.folder / "state" / "local.json").read_text())["api_url"])


@pytest.mark.parametrize("end", ["\n", "\r\n", " "], ids=["newline", "carriage return", "blank"])
def test_what_stands_around_a_key_is_left_out(counter: Counter, url: str, end: str) -> None:
    assert run(counter, "segments", "list", SHOPBELL_API=url, SHOPBELL_KEY=MGMT + end).returncode == 0
    assert counter.run("segments", "list", "--key", MGMT + end) == 0
    assert counter.run("segments", "list", "--key-file", counter.file("key", MGMT + end)) == 0


@pytest.mark.parametrize("inside", ["\n", "\x00", " ", "é"], ids=["newline", "zero", "blank", "accent"])
def test_a_key_with_a_sign_that_no_key_has_is_refused_and_not_shown(counter: Counter, inside: str) -> None:
    key = f"sb_mgmt_Xylo{inside}phone7"
    for words in (("--key", key), ("--key-file", counter.file("key", key))):
        assert counter.run("segments", "list", *words) == 1
        assert "copy it again" in counter.warned
        assert "Xylo" not in counter.warned
        assert "phone7" not in counter.warned


def test_a_key_file_that_is_none_is_named(counter: Counter, tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    for file in (tmp_path, binary, tmp_path / "missing"):
        assert counter.run("segments", "list", "--key-file", str(file)) == 1
        assert f"{file} cannot be read: " in counter.warned


@pytest.mark.parametrize("api", ["http://[::1", "http://127.0.0.1:99999", "http://127.0.0.1:abc"])
def test_an_address_that_is_none_is_named(counter: Counter, api: str) -> None:
    assert counter.run("segments", "list", "--api", api, "--key", MGMT) == 1
    assert f"{api}/v1/segments?limit=50 is no address: " in counter.warned


def test_a_configuration_is_written_for_nobody_else_to_read(counter: Counter, tmp_path: Path) -> None:
    there = tmp_path / "there.yaml"
    there.write_text("old")
    there.chmod(0o644)
    for file in (there, tmp_path / "new.yaml"):
        assert counter.run("config", "export", "--output", str(file)) == 0
        assert file.stat().st_mode & 0o777 == 0o600
    assert counter.run("config", "export", "--output", str(tmp_path)) == 1
    assert f"{tmp_path} cannot be written: Is a directory" in counter.warned


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here is always full")
def test_what_cannot_be_printed_is_said(counter: Counter) -> None:
    with Path("/dev/full").open("w") as full:
        words = [*MODULE, "--state-dir", str(counter.folder / "state"), "store", "show"]
        ended = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "No space left on device" in ended.stderr
