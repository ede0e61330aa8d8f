"""Texts of the prompt in other languages, and versions of them that are tried against each other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.events import Json
from shopbell.domain.prompts.kinds import LANGUAGE, whole
from shopbell.domain.scenarios.kinds import WrongInsideError

LONGEST: Final[Mapping[str, int]] = {"title": 100, "text": 300, "allow": 40, "later": 40, "ios_text": 300}
"""The prompt's texts with the most characters of each."""
MAX_LANGUAGES: Final = 20
MAX_VARIANTS: Final = 10
MAX_WEIGHT: Final = 1_000
MAX_TOPICS: Final = 20
MAX_TOPIC: Final = 64
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Translations:
    """`{"de": {"title": …, "text": …}}`: a text that is left out stays as it is in the shop's own language."""

    name: str
    help: str
    shipped: Mapping[str, Mapping[str, str]]

    @property
    def default(self) -> Mapping[str, Json]:
        return {language: dict(texts) for language, texts in self.shipped.items()}

    def read(self, given: Json) -> Mapping[str, Json]:
        """ValueError says what is wrong, here and below."""
        if not isinstance(given, Mapping) or len(given) > MAX_LANGUAGES:
            raise ValueError(f"must be an object of at most {MAX_LANGUAGES} languages")
        for language in given:
            if not LANGUAGE.fullmatch(language):
                raise WrongInsideError(language, "must be a language such as de")
        return {language: texts_of(f"{language}.", texts) for language, texts in given.items()}

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "translations", "most": MAX_LANGUAGES, "choices": list(LONGEST)}


@dataclass(frozen=True, slots=True)
class Variants:
    """`[{"name": "short", "weight": 1, "title": …}]`: each visitor always sees the same one of them."""

    name: str
    help: str
    default: tuple[()] = ()

    def read(self, given: Json) -> Sequence[Json]:
        if not isinstance(given, Sequence) or isinstance(given, str) or len(given) == 1 or len(given) > MAX_VARIANTS:
            raise ValueError(f"must be a list of 2 to {MAX_VARIANTS} variants, or empty")
        read = [_variant(str(place), one) for place, one in enumerate(given)]
        names = [one["name"] for one in read]
        for place, name in enumerate(names):
            if name in names[:place]:
                raise WrongInsideError(f"{place}.name", "is there already")
        return tuple(read)

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "variants", "most": MAX_VARIANTS, "choices": list(LONGEST)}


@dataclass(frozen=True, slots=True)
class Topics:
    """`[{"id": "sale", "label": "Sales"}]`: boxes that may be ticked before subscribing."""

    name: str
    help: str
    default: tuple[()] = ()

    def read(self, given: Json) -> Sequence[Json]:
        if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > MAX_TOPICS:
            raise ValueError(f"must be a list of at most {MAX_TOPICS} topics")
        read = [_topic(str(place), one) for place, one in enumerate(given)]
        names = [one["id"] for one in read]
        for place, name in enumerate(names):
            if name in names[:place]:
                raise WrongInsideError(f"{place}.id", "is there already")
        return tuple(read)

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "topics", "most": MAX_TOPICS}


def texts_of(at: str, given: Json) -> Mapping[str, Json]:
    """Texts of the prompt, checked; `at` stands before the field of what is wrong."""
    if not isinstance(given, Mapping):
        raise WrongInsideError(at.rstrip("."), f"must be an object of {', '.join(LONGEST)}")
    for name, text in given.items():
        if name not in LONGEST:
            raise WrongInsideError(f"{at}{name}", "is unknown")
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST[name]:
            raise WrongInsideError(f"{at}{name}", f"must be a text of 1 to {LONGEST[name]} characters")
    return dict(given)


def _topic(at: str, given: Json) -> Mapping[str, Json]:
    if not isinstance(given, Mapping) or given.keys() != {"id", "label"}:
        raise WrongInsideError(at, "must be an object of id and label")
    for name, text in given.items():
        if not isinstance(text, str) or not text.strip() or len(text) > MAX_TOPIC:
            raise WrongInsideError(f"{at}.{name}", f"must be a text of 1 to {MAX_TOPIC} characters")
    return dict(given)


def _variant(at: str, given: Json) -> Mapping[str, Json]:
    if not isinstance(given, Mapping):
        raise WrongInsideError(at, "must be an object of name, weight and texts")
    name = given.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise WrongInsideError(f"{at}.name", "must have 1 to 32 letters, digits, _ or -")
    weight = whole(f"{at}.weight", given.get("weight", 1), 1, MAX_WEIGHT)
    texts = {key: text for key, text in given.items() if key not in {"name", "weight"}}
    return {"name": name, "weight": weight, **texts_of(f"{at}.", texts)}
