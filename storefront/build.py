"""Joins the rooms of storefront/src into the two files that shops load: `python storefront/build.py`."""  # noqa: INP001

from pathlib import Path

HERE = Path(__file__).parent
PAGE = (
    "settings",
    "storage",
    "values",
    "api",
    "events",
    "browser",
    "subscription",
    "prompt",
    "dialogs",
    "landing",
    "picks",
    "calls",
)
WORKER = ("settings", "memory", "api", "showing", "answers", "renewal")
# A page may load the tag twice; everything would then be counted twice.
PAGE_OPENING = """(function (window, document) {
'use strict';

if (window.shopbell && window.shopbell.loaded) return;
"""
WORKER_OPENING = "(function () {\n'use strict';\n"


def page() -> str:
    """The text of shopbell.js; the committed copy is equal to it."""
    return f"{_text('page', 'header')}{PAGE_OPENING}\n{_rooms('page', PAGE)}}})(window, document);\n"


def worker() -> str:
    """The text of shopbell-sw.js; the committed copy is equal to it."""
    return f"{_text('worker', 'header')}{WORKER_OPENING}\n{_rooms('worker', WORKER)}}})();\n"


def _rooms(house: str, rooms: tuple[str, ...]) -> str:
    return "\n".join(_text(house, room) for room in rooms)


def _text(house: str, room: str) -> str:
    return (HERE / "src" / house / f"{room}.js").read_text(encoding="utf-8")


if __name__ == "__main__":
    (HERE / "shopbell.js").write_text(page(), encoding="utf-8")
    (HERE / "shopbell-sw.js").write_text(worker(), encoding="utf-8")
