"""The snippets of docs/webhooks.md check what we sign, and the page names the events that there are."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, get_args

from shopbell.domain.webhooks.alarm import ALARM_NAMES
from shopbell.domain.webhooks.finished import Outcome
from shopbell.domain.webhooks.hook import EVENT_TYPES, TEST_EVENT
from shopbell.domain.webhooks.signing import headers, shown

PAGE: Final = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")
VECTOR: Final = dict(re.findall(r"^\| (\w+) \| `(.+)` \|$", PAGE, re.MULTILINE))
SENT: Final = {
    "webhook-id": VECTOR["id"],
    "webhook-timestamp": VECTOR["timestamp"],
    "webhook-signature": VECTOR["signature"],
}
EVER: Final = 10**10
SECRET: Final = bytes(range(32))
BODY: Final = b'{"type":"segment.entered"}'


def snippet(language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def in_python(secret: str, sent: Mapping[str, str], body: bytes, tolerance: int = 300) -> bool:
    room: dict[str, Callable[[str, Mapping[str, str], bytes, int], bool]] = {}
    exec(snippet("python"), room)  # noqa: S102 - our own page
    return room["verify"](secret, sent, body, tolerance)


def in_node(secret: str, sent: Mapping[str, str], body: bytes, tolerance: int = 300) -> bool:
    node = shutil.which("node")
    assert node is not None
    given = ", ".join(json.dumps(one) for one in (secret, dict(sent)))
    call = f"verify({given}, Buffer.from({json.dumps(body.decode())}), {tolerance})"
    command = [node, "-e", f"{snippet('javascript')}\nconsole.log({call})"]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout.strip() == "true"


def test_the_vector_of_the_page_passes_its_snippets_and_its_age_alone_fails_them() -> None:
    for verify in (in_python, in_node):
        assert verify(VECTOR["secret"], SENT, VECTOR["body"].encode(), EVER)
        assert not verify(VECTOR["secret"], SENT, VECTOR["body"].encode())


def test_what_we_sign_passes_with_either_of_two_secrets_and_a_changed_body_does_not() -> None:
    other = bytes(32)
    sent = headers([other, SECRET], "msg_1", time.time_ns() // 1_000_000, BODY)
    for verify in (in_python, in_node):
        assert verify(shown(SECRET), sent, BODY)
        assert verify(shown(other), sent, BODY)
        assert not verify(shown(bytes(31) + b"x"), sent, BODY)
        assert not verify(shown(SECRET), sent, BODY + b" ")


def test_every_event_has_its_row_and_the_page_names_no_other() -> None:
    assert named_in("type") == {*EVENT_TYPES, TEST_EVENT}


def test_every_alarm_and_every_outcome_has_its_row() -> None:
    assert named_in("name") == {*ALARM_NAMES}
    assert named_in("outcome") == {*get_args(Outcome)}


def named_in(column: str) -> set[str]:
    """In the first cells of the table whose first column that is."""
    (table,) = re.findall(rf"^\| `{column}` \|.*\n\|[ |-]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return {name for row in table.splitlines() for name in re.findall(r"`([a-z_.]+)`", row.split("|")[1])}
