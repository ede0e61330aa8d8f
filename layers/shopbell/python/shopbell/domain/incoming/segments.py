"""Segments as a marketer writes them; the rule itself is read by the rule language."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field, JsonValue

from shopbell.domain.incoming.faults import Incoming
from shopbell.domain.incoming.texts import Many, Short

MAX_TAGS: Final = 20
MAX_TITLE: Final = 200
MAX_VERSION: Final = 2**31


def _once(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tags))


Title = Annotated[str, Field(min_length=1, max_length=MAX_TITLE)]
Description = Annotated[str, Field(max_length=2_000)]
Tags = Annotated[Many[Short], Field(max_length=MAX_TAGS), AfterValidator(_once)]
"""Kept once each, in their order."""
SegmentName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_:.-]+$")]


class SegmentIn(Incoming):
    """Body of POST /v1/segments: a rule, or a predefined segment with its parameters.

    Without a name it is called by its sentence, or as the predefined one is.
    """

    name: Title | None = None
    rule: dict[str, JsonValue] = Field(default_factory=dict)
    predefined: SegmentName | None = None
    parameters: dict[Annotated[str, Field(max_length=64)], JsonValue] = Field(default_factory=dict)
    description: Description | None = None
    tags: Tags = ()


class RestoreIn(Incoming):
    """Body of POST /v1/segments/{id}/restore: the version whose rule becomes the newest version's."""

    version: Annotated[int, Field(strict=True, ge=1, le=MAX_VERSION)]


class SegmentPatchIn(Incoming):
    """Body of PATCH /v1/segments/{id}: what is left out stays; another rule is another version."""

    name: Title | None = None
    rule: dict[str, JsonValue] | None = None
    description: Description | None = None
    tags: Tags | None = None
