"""From values of the domain to what the calls about scenarios and triggers answer."""

from pydantic import JsonValue

from shopbell.app.scenarios.view import ScenarioView, StepView
from shopbell.domain.clock import format_duration
from shopbell.domain.scenarios.parameters import Parameter, Values, describe
from shopbell.domain.scenarios.settings import OwnAudience
from shopbell.runtime.http import scenario_answers as out
from shopbell.runtime.http.management_answers import AudienceOut
from shopbell.runtime.http.shapes import instant, json_of, words


def scenario(view: ScenarioView) -> out.ScenarioOut:
    return out.ScenarioOut(
        name=view.name,
        title=view.title,
        available=view.available,
        enabled=view.enabled,
        parameters=values(view.values),
        own_parameters=list(view.own_parameters),
        own_content=[one.own for one in view.steps],
        parameter_help=[parameter(one) for one in view.parameters],
        **words(view.content, view.variants),
        steps=[step(one) for one in view.steps],
        audience=audience(view.audience),
        segment_id=view.segment,
        next_run_at=instant(view.next_run_at),
        revision=view.revision,
        warnings=list(view.warnings),
    )


def values(found: Values | None) -> dict[str, JsonValue]:
    return {} if found is None else {name: json_of(value) for name, value in found.all.items()}


def parameter(one: Parameter) -> out.ParameterOut:
    return out.ParameterOut.model_validate(json_of(describe(one)))


def step(one: StepView) -> out.StepOut:
    return out.StepOut(delay=format_duration(one.delay), enabled=one.enabled, **words(one.content, one.variants))


def audience(own: OwnAudience | None) -> AudienceOut | None:
    if own is None:
        return None
    return AudienceOut(include=list(own.include), rule=json_of(own.rule), exclude=list(own.exclude))
