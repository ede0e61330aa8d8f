"""Paths of categories as they are sent."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from shopbell.domain.categories import path_of

MAX_SENT: Final = 1_000


def check_path(text: str) -> str:
    """In the one spelling that is stored; ValueError where it names no category."""
    path = path_of(text)
    if not path:
        raise ValueError("must name a category, such as Outdoor/Boots")
    return path


PathText = Annotated[str, Field(min_length=1, max_length=MAX_SENT), AfterValidator(check_path)]
