"""A predefined segment as its file says it: words, parameters with defaults and ranges, and a rule with gaps."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

Kind = Literal["count", "number", "duration", "month", "text", "category", "texts"]


class Parameter(BaseModel):
    """One thing that a marketer may set. Without a default it must be given; `min` and `max` belong to the value.

    `count` is a whole number, `duration` ISO 8601, `month` 1 to 12, `texts` a list of at most `max` texts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Kind
    help: Annotated[str, Field(min_length=1)]
    default: JsonValue = None
    min: int | float | str | None = None
    max: int | float | str | None = None


class Predefined(BaseModel):
    """A row of the table of predefined segments; `id` is its name in every store that it is installed in.

    In `rule`, `{"parameter": name}` stands for a parameter's value and `{"months": [from, to]}` for all months from
    one month parameter to another. `{name}` in `name` stands for a text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_:]{0,63}$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(min_length=1)]
    parameters: Mapping[str, Parameter]
    ordered: tuple[tuple[str, str], ...] = ()
    """Pairs of parameters of which the first must be less than the second."""
    rule: dict[str, JsonValue]

    @property
    def factory(self) -> bool:
        """Whether it makes one segment for each choice, and so none before somebody chose."""
        return any(parameter.default is None for parameter in self.parameters.values())

    @model_validator(mode="after")
    def _complete(self) -> Self:
        used = set(gaps(self.rule))
        if used != set(self.parameters):
            raise ValueError(f"parameters and gaps differ: {sorted(used ^ set(self.parameters))}")
        if not {name for pair in self.ordered for name in pair} <= used:
            raise ValueError("`ordered` names what is no parameter")
        return self


def gaps(found: JsonValue) -> list[str]:
    """The parameters whose values stand somewhere in this part of a rule."""
    match found:
        case {"parameter": str(name)}:
            return [name]
        case {"months": [str(first), str(last)]}:
            return [first, last]
        case dict():
            return [name for inside in found.values() for name in gaps(inside)]
        case list():
            return [name for inside in found for name in gaps(inside)]
        case _:
            return []
