"""Changes made in an editor are written only onto what was read, and never lost."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.functions.command.counter import Counter
from tests.functions.http.office import THEIR_ADMIN, VIEWER


@contextmanager
def editor(counter: Counter, script: str) -> Iterator[None]:
    """An EDITOR that runs these lines of shell on the file, which is `$1`."""
    path = Path(counter.file("editor.sh", f"#!/bin/sh\n{script}\n"))
    path.chmod(0o700)
    before = {name: os.environ.pop(name, None) for name in ("VISUAL", "EDITOR")}
    os.environ["EDITOR"] = str(path)
    try:
        yield
    finally:
        del os.environ["EDITOR"]
        os.environ.update({name: value for name, value in before.items() if value is not None})


def kept(words: str) -> Path:
    """The file that a refusal names."""
    return Path(words.rpartition(" in ")[2].strip())


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("segments edit {segment}", "/v1/segments/{segment}"),
        ("campaigns edit {campaign}", "/v1/campaigns/{campaign}"),
        ("pools edit spring", "/v1/coupon-pools/spring"),
    ],
    ids=["segment", "campaign", "pool"],
)
def test_what_was_changed_in_the_editor_is_written(counter: Counter, words: str, path: str) -> None:
    office = counter.office
    assert office.manage("POST", "/v1/coupon-pools", {"id": "spring", "name": "Spring"}).status == 201
    names = {"segment": office.segment(), "campaign": office.campaign()}
    with editor(counter, "sed -i 's/^name: .*/name: Edited/' $1"):
        told = counter.json(*words.format(**names).split(" "))
    assert (told["name"], office.manage("GET", path.format(**names)).json["name"]) == ("Edited", "Edited")


def test_a_scenario_is_put_whole_without_what_is_as_shipped(counter: Counter) -> None:
    with editor(counter, "echo 'parameters: {n_days: 40}' >$1; echo 'enabled: true' >>$1"):
        told = counter.json("scenarios", "set", "we_missed_you")
    assert (told["enabled"], told["own_parameters"]) == (True, ["n_days"])


def test_an_editor_that_changes_nothing_writes_nothing(counter: Counter) -> None:
    name = counter.office.segment()
    tag = counter.done("segments", "show", name, "--etag")
    with editor(counter, ":"):
        assert counter.done("segments", "edit", name) == "nothing was changed\n"
    assert counter.done("segments", "show", name, "--etag") == tag


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("echo 'name: [' >$1", "line"),
        ("echo 'name: Mine' >$1; exit 3", "the editor ended with 3"),
        ("echo 'nam: Mine' >$1", "nam"),
    ],
    ids=["no YAML", "an editor that fails", "an unknown field"],
)
def test_what_cannot_be_written_is_kept_in_its_file(counter: Counter, script: str, says: str) -> None:
    name = counter.office.segment()
    with editor(counter, f"cp $1 {counter.folder}/before; echo $1 >{counter.folder}/where; {script}"):
        assert counter.run("segments", "edit", name) == 1
    assert says in counter.warned
    file = Path((counter.folder / "where").read_text().strip())
    assert file.exists()
    file.unlink()


def test_what_somebody_else_changed_while_it_was_edited_is_not_overwritten(counter: Counter) -> None:
    name, theirs = counter.office.segment(), counter.file("theirs.yaml", "name: Theirs\n")
    other = (
        f"{sys.executable} -m shopbell.local.cli --state-dir {counter.folder / 'state'} segments edit {name} {theirs}"
    )
    with editor(counter, f"{other} >/dev/null || exit 1; sed -i 's/^name: .*/name: Mine/' $1"):
        assert counter.run("segments", "edit", name) == 1
    assert "412" in counter.warned
    assert "name: Mine" in kept(counter.warned).read_text()
    kept(counter.warned).unlink()
    assert counter.office.manage("GET", f"/v1/segments/{name}").json["name"] == "Theirs"


def test_without_a_file_and_an_editor_it_says_what_to_do(counter: Counter) -> None:
    name = counter.office.segment()
    with editor(counter, ":"):
        del os.environ["EDITOR"]
        os.environ["VISUAL"] = ""
        assert counter.run("segments", "edit", name) == 1
        os.environ["EDITOR"] = ""
    assert "give a FILE, or set EDITOR" in counter.warned


@pytest.mark.parametrize(
    "words", ["segments activate {name}", "segments edit {name} {file}", "segments archive {name} --yes"]
)
def test_a_write_with_an_old_tag_is_refused(counter: Counter, words: str) -> None:
    name, file = counter.office.segment(), counter.file("name.yaml", "name: Other\n")
    told = words.format(name=name, file=file).split(" ")
    assert counter.run(*told, "--if-match", '"99"') == 1
    assert "412" in counter.warned
    assert "look again" in counter.warned
    tag = counter.done("segments", "show", name, "--etag").strip()
    assert counter.run(*told, "--if-match", tag) == 0, counter.warned


def test_a_refused_key_is_called_by_where_it_came_from(counter: Counter) -> None:
    wrong = counter.file("key", THEIR_ADMIN[:-1] + "9")
    assert counter.run("segments", "list", "--key-file", wrong) == 1
    assert f"the key in {wrong} is unknown" in counter.warned
    assert counter.run("segments", "list", "--key", THEIR_ADMIN[:-1] + "9") == 1
    assert "the key of --key is unknown" in counter.warned
    assert THEIR_ADMIN[:-1] not in counter.warned
    assert counter.run("vapid", "rotate", "--yes", "--key", VIEWER) == 1
    assert "the role of the key of --key may not" in counter.warned
