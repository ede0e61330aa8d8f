"""The command's words: where options may stand, and what it says when nothing runs."""

import json
import signal
import subprocess
import sys
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


@pytest.mark.parametrize(
    "words",
    [
        ["tick", "--at", "garbage"],
        ["demo", "--households", "0"],
        ["demo", "--households", "-3"],
        ["up", "--households", "x"],
    ],
    ids=" ".join,
)
def test_an_option_that_makes_no_sense_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert f"argument {words[1]}: must be" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("name", ["nope", "../run"])
def test_logs_of_a_function_that_has_none_names_those_that_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    folder = StateFolder(tmp_path)
    folder.logs.mkdir()
    (folder.logs / "track.log").write_text("one\n")
    assert main(["logs", name, "--state-dir", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"shopbell: {name} has printed nothing; there are: track\n"


def test_reset_after_a_crash_ends_the_engine_that_was_left_behind(tmp_path: Path) -> None:
    orphan = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()", "ministack"], stdin=subprocess.PIPE
    )
    try:
        write_private(tmp_path / "run.json", {"host_pid": 0, "engine_pid": orphan.pid})
        assert main(["reset", "--state-dir", str(tmp_path)]) == 0
        assert orphan.wait(10) == -signal.SIGKILL
    finally:
        orphan.kill()
        orphan.communicate()
    assert not (tmp_path / "run.json").exists()


def test_a_background_job_of_a_script_can_be_interrupted(tmp_path: Path) -> None:
    script = (
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "from shopbell.local.cli import main\n"
        f"main(['status', '--state-dir', {str(tmp_path)!r}])\n"
        "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, capture_output=True).returncode == 0
