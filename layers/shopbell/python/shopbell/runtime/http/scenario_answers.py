"""What the calls about scenarios and triggers answer; every field is always there."""

from pydantic import BaseModel, JsonValue

from shopbell.runtime.http.management_answers import AudienceOut, ContentOut


class ParameterOut(BaseModel):
    """What a form needs to ask for it. `nullable`: null is a value too; `most`: of a list, how many."""

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
    """One message of the series, `delay` after its start."""

    delay: str
    enabled: bool
    content: ContentOut


class ScenarioOut(BaseModel):
    """`available` false: this release cannot run it yet. `content` is that of the first step."""

    name: str
    title: str
    available: bool
    enabled: bool
    parameters: dict[str, JsonValue]
    parameter_help: list[ParameterOut]
    content: ContentOut | None
    steps: list[StepOut]
    audience: AudienceOut | None
    segment_id: str | None
    next_run_at: str | None
    revision: int
    warnings: list[str]
