"""The management API of one town on loopback, and the `shopbell` command at its counter."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from shopbell.local.cli import main
from shopbell.local.loopback import Handler, Server
from shopbell.local.state import write_private

from tests.functions.http.office import Office
from tests.functions.http.world import MGMT


@dataclass
class Counter:
    """Runs commands; `told` and `warned` are what the last one printed."""

    office: Office
    folder: Path
    capsys: pytest.CaptureFixture[str]
    told: str = ""
    warned: str = ""

    def at(self, url: str) -> None:
        """The machine tells this address, and its key."""
        write_private(self.folder / "state" / "local.json", {"api_url": url, "management_key": MGMT})

    def run(self, *words: str) -> int:
        """The exit status of a command; argparse's own way out counts as one."""
        self.capsys.readouterr()
        try:
            status = main(["--state-dir", str(self.folder / "state"), *words])
        except SystemExit as exc:
            status = int(exc.code or 0)
        self.told, self.warned = self.capsys.readouterr()
        return status

    def done(self, *words: str) -> str:
        """What a command printed that went well."""
        assert self.run(*words) == 0, self.warned
        return self.told

    def json(self, *words: str) -> Any:
        return json.loads(self.done(*words, "--json"))

    def file(self, name: str, content: Any) -> str:
        """A file for a command; what is no text is written as JSON."""
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)


@contextmanager
def served(office: Office) -> Iterator[str]:
    """The address at which an office answers."""

    class Desk(Handler):
        def _manage(self) -> None:
            parts = urlsplit(self.path)
            content = self.content()
            sent = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(parts.query))
            answer = office.manage(self.command, parts.path, content or None, key=None, headers=sent, query=query)
            self.answer(answer.status, answer.text.encode(), tuple(answer.headers.items()))

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _manage  # noqa: N815 - the base class names them so

    server = Server(Desk).start("office")
    yield server.url
    server.stop()
