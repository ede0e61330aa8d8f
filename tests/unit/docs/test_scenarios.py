"""docs/scenarios.md says of every parameter what the scenario itself says; its examples are taken as they stand."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from shopbell.domain.incoming.scenarios import ScenarioIn
from shopbell.domain.incoming.triggers import TriggerIn
from shopbell.domain.prompts.prompt import NAME as PROMPT
from shopbell.domain.prompts.prompt import PARAMETERS
from shopbell.domain.scenarios.parameters import Parameter, describe, effective
from shopbell.domain.scenarios.table import SCENARIOS

PAGE: Final = (Path(__file__).parents[3] / "docs" / "scenarios.md").read_text()
EXAMPLES: Final = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
BUILT: Final[Mapping[str, tuple[Parameter, ...]]] = {
    PROMPT: PARAMETERS,
    **{name: row.row.parameters for name, row in SCENARIOS.items() if row.row is not None},
}
HEADINGS: Final = dict(re.findall(r"\n### [^\n]*: `(\w+)`\n(.*?)(?=\n### |\Z)", PAGE, re.DOTALL))
SHARED: Final = PAGE.partition("## What all have in common")[2].partition("## The scenarios")[0]


def test_every_scenario_that_can_be_switched_on_has_its_place() -> None:
    assert HEADINGS.keys() == BUILT.keys()


@pytest.mark.parametrize("name", BUILT)
def test_each_parameter_is_told_with_its_default_and_its_meaning(name: str) -> None:
    for parameter in BUILT[name]:
        told = describe(parameter)
        default = json.dumps(told["default"], default=list)
        own = f"| `{parameter.name}` | `{default}` | {parameter.help} |"
        differs = f"`{parameter.name}` `{default}`"
        assert own in HEADINGS[name] or differs in HEADINGS[name] or own in SHARED, own
        assert parameter.help in HEADINGS[name] + SHARED


def test_the_examples_are_taken_as_they_stand() -> None:
    setting, *triggers = EXAMPLES
    given = ScenarioIn.model_validate(setting)
    assert effective(BUILT["we_missed_you"], given.parameters).whole("n_days") == 45
    assert [TriggerIn.model_validate(one).event for one in triggers] == [
        "search",
        "segment_entered",
        "wishlist_add",
    ]
