"""Which API a command speaks to and with which key: options, the environment, or the machine that runs here."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from shopbell.local.client.http import Client

API_VARIABLE: Final = "SHOPBELL_API"
KEY_VARIABLE: Final = "SHOPBELL_KEY"
_LOCAL: Final = "local"


class NoAccessError(RuntimeError):
    """It is not known where to call, or with which key; the message says how to tell."""


def add_access(parser: argparse.ArgumentParser) -> None:
    """The options that every command of the API takes."""
    group = parser.add_argument_group("where and who")
    group.add_argument(
        "--api", metavar="URL", help=f"of the API (default: {API_VARIABLE}, or the machine that runs here)"
    )
    group.add_argument(
        "--key", help=f"management key; better in {KEY_VARIABLE} or a file, which no process list shows"
    )
    group.add_argument("--key-file", type=Path, metavar="FILE", help="a file that holds the management key")


def client_of(asked: argparse.Namespace, local_file: Path, environment: Mapping[str, str]) -> Client:
    """The client that options, environment and folder name, in this order. Raises NoAccessError.

    The local machine's own key goes to the local machine only.
    """
    key = _clean(asked.key, "the key of --key") or (_read(asked.key_file) if asked.key_file else None)
    source = "the key of --key" if _clean(asked.key, "") else f"the key in {asked.key_file}"
    url = asked.api or (_deployed(asked.stage) if asked.stage != _LOCAL else environment.get(API_VARIABLE))
    if url:
        known = key or _clean(environment.get(KEY_VARIABLE), f"the key of {KEY_VARIABLE}")
        if not known:
            raise NoAccessError(f"no key for {url}: set {KEY_VARIABLE} or give --key-file")
        return Client(url, known, source if key else f"the key of {KEY_VARIABLE}")
    told = _local(local_file)
    return Client(told["api_url"], key or told["management_key"], source if key else "this machine's own key")


def _read(file: Path) -> str:
    try:
        key = _clean(file.read_text(encoding="utf-8"), f"the key in {file}")
    except (OSError, UnicodeDecodeError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else "it is no text"
        raise NoAccessError(f"{file} cannot be read: {why}; it must hold a management key alone") from exc
    if not key:
        raise NoAccessError(f"{file} is empty; it must hold a management key")
    return key


def _clean(key: str | None, source: str) -> str:
    """Without the line's end that came with it. What else no header can carry is refused, and never shown."""
    bare = (key or "").strip()
    if not all(letter.isascii() and letter.isprintable() and letter != " " for letter in bare):
        raise NoAccessError(f"{source} holds spaces, line breaks or other signs that no key has: copy it again")
    return bare


def _local(file: Path) -> Mapping[str, Any]:
    try:
        told: Mapping[str, Any] = json.loads(file.read_text())
    except (FileNotFoundError, ValueError) as exc:
        raise NoAccessError(
            f"no machine has run here; start one with `shopbell up`, or give --stage, or --api and {KEY_VARIABLE}"
        ) from exc
    if "management_key" not in told:
        raise NoAccessError(f"{file} names no management key; start the machine again with `shopbell up`")
    return told


def _deployed(stage: str) -> str:
    from shopbell.local.deployed import find  # noqa: PLC0415 - boto3 takes a second to import

    return find(stage).api_url
