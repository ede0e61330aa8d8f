"""Runs one declared command: makes its call, shows the answer, gives the exit status."""

import argparse
import json
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TextIO

from shopbell.local.client import documents, tables
from shopbell.local.client.command import Command, Option
from shopbell.local.client.http import Answer, Client
from shopbell.local.client.paths import arguments_of, filled

PAGE: Final = 100
_CREATES: Final = "POST"


class NotAskedError(RuntimeError):
    """A question that nobody can answer, or that was answered with no."""


@dataclass(frozen=True, slots=True)
class Run:
    """A command with what was asked; `pause` waits so many seconds between two looks at long work."""

    command: Command
    asked: argparse.Namespace
    client: Client
    pause: Callable[[float], None]
    out: TextIO
    err: TextIO

    @property
    def values(self) -> dict[str, str]:
        return {name: getattr(self.asked, name) for name in arguments_of(self.command.path)}

    def path(self, path: str | None = None) -> str:
        return filled(path or self.command.path, self.values)

    @staticmethod
    def path_of(path: str, **values: str) -> str:
        """The path of another call."""
        return filled(path, values)

    def call(self, method: str, path: str, body: object = None, **more: Any) -> Answer:
        """A call beside the command's own."""
        return self.client.call(method, path, body, **more)

    def send(self, body: object = None) -> Answer:
        """The command's own call; a create names itself, so that a repeat by the wire makes nothing twice."""
        headers = {"Idempotency-Key": str(uuid.uuid4())} if self.command.method == _CREATES else {}
        query = self.query()
        headers |= self.onto(None)
        return self.client.call(self.command.method, self.path(), body, query=query, headers=headers)

    def onto(self, read: Answer | None) -> dict[str, str]:
        """If-Match: what the person named, else the thing as it was read."""
        tag = getattr(self.asked, "if_match", None) or (read.etag if read else None)
        return {"If-Match": tag} if tag else {}

    def query(self) -> dict[str, str]:
        return {name: _text(value) for name, value in given(self.command.query, self.asked).items()}

    def body(self) -> dict[str, Any] | None:
        """What FILE, the options and the command itself put into the body; None when nothing does."""
        command = self.command
        told = documents.read(self.asked.file) if command.file else {}
        made = {command.wrap: told} if command.wrap else told
        if not isinstance(made, dict):
            raise documents.UnreadableError(f"{self.asked.file}: must be an object")
        made = {**made, **command.fixed, **self.body_of_options()}
        return made if made or command.file or command.body else None

    def body_of_options(self) -> dict[str, Any]:
        """What the options put into the body."""
        return given((*self.command.positionals, *self.command.body), self.asked)

    def confirm(self, question: str) -> None:
        """Raises NotAskedError unless --yes was given or somebody types yes."""
        if self.asked.yes:
            return
        if not sys.stdin.isatty():
            raise NotAskedError(f"{question} Nobody can be asked here: repeat with --yes")
        self.err.write(f"{question} [y/N] ")
        self.err.flush()
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise NotAskedError("nothing was done")

    def show(self, body: object) -> None:
        """An answer for people, or with --json as it came; of one without a body, what was done is named."""
        if self.asked.json and body is None:
            body = {"done": True, **self.values}
        if self.asked.json:
            self.print(json.dumps(body, indent=2, ensure_ascii=False))
        elif isinstance(body, Mapping):
            self.print(tables.record(body))
        elif body is None:
            self.print("done")

    def print(self, text: str) -> None:
        self.out.write(f"{text}\n")


def given(options: tuple[Option, ...], asked: argparse.Namespace) -> dict[str, Any]:
    """What was given of these, by the names that the API knows."""
    named = {option.field: getattr(asked, option.name) for option in options if not option.local}
    # by identity: the number 0 is equal to False, and it was given
    return {name: value for name, value in named.items() if value is not None and value is not False}


def perform(run: Run) -> int:
    """The exit status of a command: 0, or what its own act says."""
    if run.command.ask:
        run.confirm(run.command.ask)
    if run.command.act:
        return run.command.act(run)
    if run.command.columns:
        return listed(run)
    answer = run.send(run.body())
    if getattr(run.asked, "etag", False):
        run.print(answer.etag or "")
    else:
        run.show(answer.body)
    return 0


def pages(run: Run, path: str | None = None, **query: str) -> Iterator[dict[str, Any]]:
    """Every page of a list, one call after the other."""
    cursor: str | None = None
    while True:
        asked = {**query, **({"cursor": cursor} if cursor else {})}
        page: dict[str, Any] = run.client.call("GET", path or run.path(), query=asked).body
        yield page
        cursor = page.get("next_cursor")
        if not cursor:
            return


def listed(run: Run) -> int:
    """So many rows as are wanted; whether there are more is said beside them."""
    wanted = None if run.asked.everything else run.asked.limit
    page = _rows(run, wanted)
    shown = page["items"][:wanted]
    if run.asked.json:
        run.show({**page, "items": shown})
    else:
        run.print(tables.table(shown, run.command.columns) if shown else "nothing")
    if len(shown) < len(page["items"]) or page.get("next_cursor"):
        run.err.write(f"{len(shown)} shown; --limit N or --everything shows more\n")
    return 0


def _rows(run: Run, wanted: int | None) -> dict[str, Any]:
    """The last page, with the items of all; it ends at the last that is wanted, so that its cursor goes on there."""
    items: list[dict[str, Any]] = []
    query = run.query()
    while True:
        if run.command.paged:
            query["limit"] = str(PAGE if wanted is None else min(PAGE, wanted - len(items)))
        page: dict[str, Any] = run.client.call("GET", run.path(), query=query).body
        items += page["items"]
        cursor = page.get("next_cursor")
        if not cursor or (wanted is not None and len(items) >= wanted):
            return {**page, "items": items}
        query["cursor"] = cursor


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
