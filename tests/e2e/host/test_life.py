"""A machine's life: what survives a stop, what comes back after a crash, what an edit does."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from shopbell.local.control import NotRunningError, attach
from shopbell.local.host import running
from shopbell.local.state import AlreadyRunningError, StateFolder

from tests.e2e.host.assembly import HANDLERS, write_assembly
from tests.e2e.host.calls import call, eventually, order
from tests.e2e.host.conftest import PROJECT, options

pytestmark = pytest.mark.engine


@dataclass
class Process:
    """A machine in a process of its own."""

    child: subprocess.Popen[str]
    told: dict[str, Any]
    state: Path

    @property
    def url(self) -> str:
        return str(self.told["api_url"])

    def item(self, key: str) -> Any:
        found = attach(StateFolder(self.state)).client("dynamodb")
        return found.get_item(TableName=self.told["table"], Key={"pk": {"S": key}}).get("Item")

    def stop(self) -> int:
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(60)


@contextmanager
def process(root: Path) -> Iterator[Process]:
    given = options(root)
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.host.host_process", str(given.assembly), str(given.state)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert child.stdout is not None
        yield Process(child, json.loads(child.stdout.readline()), given.state)
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        engine = (StateFolder(given.state).run() or {}).get("engine_pid")
        if engine is not None:
            with suppress(ProcessLookupError):
                os.kill(engine, signal.SIGKILL)


def _gone(pid: int) -> bool:
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip() in {"", "Z"} or shown.stdout.startswith("Z")


def test_state_survives_a_clean_stop_and_nothing_is_delivered_twice(tmp_path: Path) -> None:
    with process(tmp_path) as first:
        order(first.url, "kept")
        assert first.stop() == 0
    with process(tmp_path) as second:
        assert second.item("done#order#kept"), "a clean stop finishes what is under way"
        order(second.url, "new")
        eventually(lambda: second.item("done#order#new"))
        assert attach(StateFolder(second.state)).stats()["counts"]["FromQueue"] == {"done": 1}
        second.stop()


def test_after_a_crash_the_last_clean_state_is_back(tmp_path: Path) -> None:
    with process(tmp_path) as first:
        order(first.url, "clean")
        first.stop()
    with process(tmp_path) as second:
        order(second.url, "lost")
        eventually(lambda: second.item("done#order#lost"))
        second.child.kill()
        second.child.wait()
        claim = StateFolder(second.state).claim()
        assert claim.started == "crashed"
        claim.release(saved=False)
    with process(tmp_path) as third:
        assert third.item("done#order#clean")
        assert third.item("order#lost") is None
        third.stop()


def test_a_stop_ends_every_process_that_was_started(tmp_path: Path) -> None:
    with process(tmp_path) as machine:
        worker = call(machine.url, "GET", "/v1/things").json()["pid"]
        engine = machine.told["started"]["engine_pid"]
        machine.stop()
    eventually(lambda: _gone(worker) and _gone(engine))
    with pytest.raises(NotRunningError):
        attach(StateFolder(machine.state))


def test_workers_end_with_a_host_that_was_killed(tmp_path: Path) -> None:
    with process(tmp_path) as machine:
        worker = call(machine.url, "GET", "/v1/things").json()["pid"]
        machine.child.kill()
        eventually(lambda: _gone(worker))


def test_a_second_host_on_the_same_state_is_refused(tmp_path: Path) -> None:
    with process(tmp_path) as machine:
        with pytest.raises(AlreadyRunningError), running(options(tmp_path)):
            pass
        assert call(machine.url, "GET", "/v1/things").status == 200
        machine.stop()


def test_another_process_can_ask_the_host_but_only_with_its_token(tmp_path: Path) -> None:
    with process(tmp_path) as machine:
        session = attach(StateFolder(machine.state))
        assert session.invoke("clock", {"scheduled_at": "remote"}) == {"called": {"scheduled_at": "remote"}}
        assert session.settle() == []
        control = (StateFolder(machine.state).run() or {})["control"]["url"]
        assert call(control, "POST", "/stats", b"{}").status == 401
        assert oct(StateFolder(machine.state).run_file.stat().st_mode)[-3:] == "600"
        machine.stop()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout in small: handlers in functions/, an empty package."""
    home = tmp_path / "project"
    for handler in HANDLERS.glob("*.py"):
        folder = home / "functions" / handler.stem
        folder.mkdir(parents=True)
        (folder / "handler.py").write_text(handler.read_text())
    (home / "layers" / "shopbell" / "python" / "shopbell").mkdir(parents=True)
    return home


def test_an_edited_handler_is_live_at_the_next_call(tmp_path: Path, project: Path) -> None:
    write_assembly(tmp_path / "assembly")
    given = options(tmp_path, persist=False, source=True)
    engine = given.engine_binary
    source = type(given)(project, given.state, assembly=given.assembly, source=True, persist=False, engine=engine)
    with running(source) as session:
        assert session.invoke("overreach", {}) == "sent"
        handler = project / "functions" / "overreach" / "handler.py"
        handler.write_text(handler.read_text().replace('return "sent"', 'return "edited"'))
        eventually(lambda: session.invoke("overreach", {}) == "edited")
        assert session.stats()["counts"]["source"]["reloaded"] == 1
