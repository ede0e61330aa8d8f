"""Files brought in from the command line, and what it says of lines that fail."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from shopbell.local.client.http import UnreachableError
from shopbell.local.client.imports import put
from shopbell.local.loopback import Handler, Server

from tests.functions.command.counter import Counter, served
from tests.functions.http.office import BROUGHT, Office
from tests.functions.http.world import Answered


class Impatient(Office):
    """Gives every job up as soon as it is started, since nobody works here."""

    def manage(self, method: str, path: str, body: Any = None, **how: Any) -> Answered:
        answer = super().manage(method, path, body, **how)
        if answer.status == 202:
            assert super().manage("DELETE", f"/v1/jobs/{answer.json['job_id']}").status == 204
        return answer


@dataclass
class Done(Office):
    """Every job is done as soon as it is looked at, and has made something."""

    url: str = ""

    def manage(self, method: str, path: str, body: Any = None, **how: Any) -> Answered:
        if path.startswith("/v1/jobs/"):
            seen = {"id": "j1", "state": "done", "percent": 100, "errors": [], "result": {"ids": 1}}
            return Answered(200, {}, json.dumps({**seen, "download_url": self.url}))
        return super().manage(method, path, body, **how)


def test_codes_are_added_and_a_line_that_fails_ends_with_1(counter: Counter) -> None:
    pool = counter.office.manage("POST", "/v1/coupon-pools", {"name": "Spring"}).json["id"]
    assert "added       2\n" in counter.done("import", "codes", pool, counter.file("good.csv", "AAA1\nAAA2\n"))
    assert counter.run("import", "codes", pool, counter.file("bad.csv", "AAA3\nno code at all!\n")) == 1
    assert "line 2: " in counter.warned


def test_people_are_put_into_a_list(counter: Counter) -> None:
    made = counter.office.manage("POST", "/v1/lists", {"name": "Testers"}).json["id"]
    told = counter.json("import", "list", made, counter.file("ids.txt", "v1\nv2\n"), "--mode", "add")
    assert told["added"] == 2


@pytest.mark.parametrize(
    "words",
    [
        ["feed", "{file}", "--format", "jsonl", "--mode", "full"],
        ["subscribers", "{file}", "--format", "ndjson", "--vapid", "{vapid}"],
    ],
    ids=["feed", "subscribers"],
)
def test_a_job_is_watched_until_it_ends(counter: Counter, words: list[str]) -> None:
    files = {"file": counter.file("lines", "{}\n"), "vapid": counter.file("vapid.json", BROUGHT)}
    with served(Impatient()) as url:
        counter.at(url)
        assert counter.run("import", *(word.format(**files) for word in words)) == 1
    assert "cancelled" in counter.told
    assert "cancelled" in counter.warned


def test_what_a_job_made_is_kept_for_nobody_else_to_read(counter: Counter) -> None:
    asked: list[str | None] = []

    class Bucket(Handler):
        def do_GET(self) -> None:  # noqa: N802 - the base class names them so
            asked.append(self.headers.get("Authorization"))
            self.answer(200 if self.path == "/made" else 403, b"all of it")

    bucket = Server(Bucket).start("bucket")
    into = counter.folder / "made.json"
    office = Done(url=f"{bucket.url}/made")
    office.visit("v1")
    assert office.manage("POST", "/v1/coupon-pools", {"id": "welcome", "name": "Welcome"}).status == 201
    with served(office) as url:
        counter.at(url)
        assert "download_url" in counter.done("visitors", "export", "v1")
        assert "download_url" not in counter.done("visitors", "export", "v1", "--output", str(into))
        assert counter.run("pools", "codes", "welcome", "--csv", str(into)) == 0
        assert counter.run("jobs", "show", "j1", "--output", str(into)) == 0
        office.url = f"{bucket.url}/gone"
        assert counter.run("visitors", "export", "v1", "--output", str(into)) == 1
        assert "gives a new address" in counter.warned
    bucket.stop()
    assert (into.read_text(), into.stat().st_mode & 0o777) == ("all of it", 0o600)
    assert asked == [None] * 4


def test_an_upload_goes_without_the_key(counter: Counter) -> None:
    taken: list[tuple[bytes, str | None]] = []

    class Bucket(Handler):
        def do_PUT(self) -> None:  # noqa: N802 - the base class names them so
            taken.append((self.content(), self.headers.get("Authorization")))
            self.answer(403 if self.path == "/no" else 200)

    server = Server(Bucket).start("bucket")
    counter.file("large", "x" * 100_000)
    put(f"{server.url}/yes", counter.folder / "large")
    with pytest.raises(UnreachableError, match="repeat"):
        put(f"{server.url}/no", counter.folder / "large")
    server.stop()
    assert taken == [(b"x" * 100_000, None)] * 2
