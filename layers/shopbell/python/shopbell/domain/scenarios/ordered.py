"""The kind of parameter that is a list of a few words in the marketer's own order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopbell.domain.events import Json
from shopbell.domain.scenarios.kinds import WrongInsideError


@dataclass(frozen=True, slots=True)
class Ordered:
    """Each word at most once, or null. An empty list is one, too."""

    name: str
    words: tuple[str, ...]
    most: int
    help: str
    default: None = None

    def read(self, given: Json) -> tuple[str, ...] | None:
        if given is None:
            return None
        if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > self.most:
            raise ValueError(f"must be a list of at most {self.most} of {', '.join(self.words)}, or null")
        for place, one in enumerate(given):
            if one not in self.words:
                raise WrongInsideError(str(place), f"must be one of {', '.join(self.words)}")
            if one in given[:place]:
                raise WrongInsideError(str(place), "is there before")
        return tuple(map(str, given))

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "ordered", "choices": list(self.words), "most": self.most, "nullable": True}
