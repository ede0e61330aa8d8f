"""The command's words: where options may stand, and what it says when nothing runs."""

import json
from pathlib import Path

import pytest
from shopbell.local.cli import main
from shopbell.local.state import StateFolder, write_private


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_the_state_folder_may_be_named_before_or_after_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], before: bool
) -> None:
    write_private(tmp_path / "local.json", {"store_id": "s1"})
    option = ["--state-dir", str(tmp_path)]
    assert main([*option, "status", "--json"] if before else ["status", "--json", *option]) == 1
    assert json.loads(capsys.readouterr().out) == {"store_id": "s1", "running": False}


@pytest.mark.parametrize("words", [["tick"], ["demo"], ["store", "create", "Shop"]], ids=" ".join)
def test_what_needs_a_running_machine_says_how_to_start_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["--state-dir", str(tmp_path), *words]) == 1
    assert "shopbell up" in capsys.readouterr().err


def test_reset_forgets_all_but_what_is_only_built(tmp_path: Path) -> None:
    for name in ("engine", "objects", "cdk.out"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.json").write_text("{}")
    (tmp_path / "local.json").write_text("{}")
    assert main(["--state-dir", str(tmp_path), "reset"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"cdk.out", "lock"}


def test_reset_is_refused_while_the_machine_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claim = StateFolder(tmp_path).claim()
    assert main(["--state-dir", str(tmp_path), "reset"]) == 1
    assert "stop the machine" in capsys.readouterr().err
    assert (tmp_path / "engine").is_dir()
    claim.release(saved=True)


def test_logs_shows_the_end_of_what_a_function_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = StateFolder(tmp_path)
    folder.logs.mkdir()
    (folder.logs / "track.log").write_text("one\ntwo\nthree\n")
    assert main(["logs", "--state-dir", str(tmp_path)]) == 0
    assert main(["logs", "track", "--lines", "2", "--state-dir", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "track\ntwo\nthree\n"
