"""What the calls about scenarios and triggers answer; every field is always there."""

from pydantic import BaseModel, JsonValue

from shopbell.runtime.http.management_answers import AudienceOut, ContentOut, VariantOut


class ParameterOut(BaseModel):
    """What a form needs to ask for it. `nullable`: null is a value too; `most`: of a list, how many; `choices`
    beside a range: words that will do as well.
    """

    name: str
    type: str
    default: JsonValue
    help: str
    minimum: JsonValue = None
    maximum: JsonValue = None
    choices: list[str] | None = None
    most: int | None = None
    nullable: bool = False


class StepOut(BaseModel):
    """One message of the series, `delay` after its start. One of `content` and `variants` is null."""

    delay: str
    enabled: bool
    content: ContentOut | None
    variants: list[VariantOut] | None


class ScenarioOut(BaseModel):
    """`available` false: this release cannot run it yet. `content` or `variants` are of the first step.

    `own_parameters` names those that the store has set, and `own_content` says of each step whether its words are the
    store's: all else is as shipped, and a later release may better it.
    """

    name: str
    title: str
    available: bool
    enabled: bool
    parameters: dict[str, JsonValue]
    own_parameters: list[str]
    own_content: list[bool]
    parameter_help: list[ParameterOut]
    content: ContentOut | None
    variants: list[VariantOut] | None
    steps: list[StepOut]
    audience: AudienceOut | None
    segment_id: str | None
    next_run_at: str | None
    revision: int
    warnings: list[str]


class TriggerProductsOut(BaseModel):
    """`algorithm` null: a message without a product."""

    algorithm: str | None
    count: int
    filters: dict[str, JsonValue]


class UntilOut(BaseModel):
    """`until` names the property of the event, such as `event.starts_at`; with `-`, so long before it."""

    until: str
    offset: str


class TriggerOut(BaseModel):
    """`occurrence` is `every`, `first` or `{"nth": n}`; `exit_on` is what holds, by default too.

    One of `content` and `variants` is null.
    """

    id: str
    name: str
    enabled: bool
    event: str
    where: list[JsonValue]
    occurrence: JsonValue
    debounce: str
    delay: str | UntilOut
    key: str | None
    audience: AudienceOut | None
    exit_on: list[str]
    reentry: str
    products: TriggerProductsOut
    parameters: dict[str, JsonValue]
    parameter_help: list[ParameterOut]
    content: ContentOut | None
    variants: list[VariantOut] | None
    segment_id: str
    created_at: str
    last_changed_at: str
    revision: int
    warnings: list[str]
