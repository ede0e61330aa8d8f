"""The state folder: one host at a time, and back to the last clean state after a crash."""

import json
import socket
from pathlib import Path

import pytest
from shopbell.local.options import Port
from shopbell.local.ports import LOOPBACK, PortTakenError, choose
from shopbell.local.state import AlreadyRunningError, StateFolder, write_private
from shopbell.local.synth import digest


def _run(folder: StateFolder, content: str, *, clean: bool) -> str:
    """One run that saves `content`; how it found the folder."""
    claim = folder.claim()
    written = folder.engine / "tables.tmp"
    written.write_text(content)
    written.replace(folder.engine / "tables.json")
    claim.release(saved=clean)
    return claim.started


def test_what_a_clean_run_saved_is_there_for_the_next(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    assert _run(folder, "one", clean=True) == "fresh"
    assert _run(folder, "two", clean=True) == "clean"
    assert (folder.engine / "tables.json").read_text() == "two"


def test_what_a_crashed_run_wrote_is_undone_however_often_it_crashes(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    _run(folder, "clean", clean=True)
    assert _run(folder, "half", clean=False) == "clean"
    assert _run(folder, "half again", clean=False) == "crashed"
    claim = folder.claim()
    assert claim.started == "crashed"
    assert (folder.engine / "tables.json").read_text() == "clean"
    claim.release(saved=True)
    assert folder.claim().started == "clean"


def test_a_crash_of_the_first_run_leaves_nothing(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    _run(folder, "half", clean=False)
    folder.claim()
    assert not list(folder.engine.iterdir())


def test_only_one_host_holds_a_folder(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    assert not folder.in_use()
    claim = folder.claim()
    assert folder.in_use()
    with pytest.raises(AlreadyRunningError):
        folder.claim()
    claim.release(saved=True)
    assert not folder.in_use()


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "local.json"
    write_private(path, {"server_key": "secret"})
    assert json.loads(path.read_text()) == {"server_key": "secret"}
    assert path.stat().st_mode & 0o077 == 0


def test_a_port_that_is_taken_gives_way_to_the_next_unless_it_was_asked_for() -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(PortTakenError, match=str(number)):
            choose(Port(number, fixed=True))
        assert choose(Port(number)) > number


def test_synthesis_is_due_again_when_an_input_changes_and_not_when_a_test_does(tmp_path: Path) -> None:
    for folder in ("infra", "functions/track", "storefront/demo", "tests"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "cdk.json").write_text("{}")
    handler = tmp_path / "functions" / "track" / "handler.py"
    handler.write_text("one")
    first = digest(tmp_path, "local")
    (tmp_path / "tests" / "test.py").write_text("x")
    (tmp_path / "storefront" / "demo" / "page.html").write_text("x")
    assert digest(tmp_path, "local") == first
    handler.write_text("two")
    assert digest(tmp_path, "local") != first
    assert digest(tmp_path, "other") != digest(tmp_path, "local")
