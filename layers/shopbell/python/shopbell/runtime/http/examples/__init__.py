"""Examples of the calls, as the store of the tests really answered them; a file for each tag of the document."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent
Example = Mapping[str, Any]
Told = Mapping[str, Sequence[Example]]
"""`requests` and `answers` of one operation; an answer has its `status`, both may have a `says` and a `body`."""


def file_of(tag: str) -> str:
    return f"{tag.lower()}.json"


def read() -> Mapping[str, Told]:
    """Operation to what is shown of it."""
    found: dict[str, Told] = {}
    for path in sorted(FOLDER.glob("*.json")):
        found |= json.loads(path.read_text(encoding="utf-8"))
    return found
