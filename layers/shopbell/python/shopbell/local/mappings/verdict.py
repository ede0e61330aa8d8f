"""What an invocation says about its batch: the response shapes that AWS documents for ReportBatchItemFailures."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from shopbell.local.mappings.doors import Broke, Outcome, Returned


@dataclass(frozen=True, slots=True)
class AllDone:
    """Every item of the batch is done."""


@dataclass(frozen=True, slots=True)
class SomeFailed:
    """These items failed; what that means for the others is the source's affair."""

    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class AllFailed:
    """The batch failed as a whole; `why` is for the log."""

    why: str


Verdict = AllDone | SomeFailed | AllFailed


def verdict(outcome: Outcome, items: Collection[str], *, partial: bool) -> Verdict:
    """Judge one invocation of a batch that holds `items`; without `partial` only an error fails, and it fails all.

    Success: null, an object whose list is missing, null or empty. Failure of all: an error, an answer that is no
    JSON object, an entry without, with an empty or with an unknown `itemIdentifier` (AWS Lambda developer guide,
    "Configuring partial batch response").
    """
    match outcome:
        case Broke(payload):
            return AllFailed(_error(payload))
        case Returned(payload):
            return _read(payload, items) if partial else AllDone()


def _read(payload: bytes, items: Collection[str]) -> Verdict:
    try:
        answer = json.loads(payload or b"null")
    except ValueError:
        return AllFailed("the answer is no JSON")
    match answer:
        case None | {"batchItemFailures": None | []}:
            return AllDone()
        case {"batchItemFailures": list() as failures}:
            return _named(failures, items)
        case {"batchItemFailures": _}:
            return AllFailed("batchItemFailures is no list")
        case dict():
            return AllDone()
        case _:
            return AllFailed("the answer is no object")


def _named(failures: list[Any], items: Collection[str]) -> Verdict:
    named: list[Any] = [one.get("itemIdentifier") if isinstance(one, Mapping) else None for one in failures]
    if all(isinstance(name, str) and name in items for name in named):
        return SomeFailed(frozenset(named))
    return AllFailed("an itemIdentifier is missing or unknown")


def _error(payload: bytes) -> str:
    try:
        told = json.loads(payload)
    except ValueError:
        return "the function broke"
    if not isinstance(told, Mapping):
        return "the function broke"
    return f"{told.get('errorType', 'Error')}: {told.get('errorMessage', '')}"
