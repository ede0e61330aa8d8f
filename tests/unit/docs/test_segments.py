"""The examples of docs/segments.md: each is a rule, and says what stands below it."""

import json
import re
from pathlib import Path
from typing import Final

import pytest
from shopbell.domain.rules.graph import leaves
from shopbell.domain.rules.nodes import NODE_KEYS
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.rules.sentence import sentence

PAGE: Final = (Path(__file__).parents[3] / "docs" / "segments.md").read_text()
EXAMPLES: Final = re.findall(r"```json\n(.*?)```\n\n> (.*?)\n", PAGE, re.DOTALL)
GROUPS: Final = {"and", "or", "not"}


@pytest.mark.parametrize(("example", "words"), EXAMPLES, ids=[words for _, words in EXAMPLES])
def test_an_example_says_what_stands_below_it(example: str, words: str) -> None:
    assert sentence(parse_rule(json.loads(example)), {}) == words


def test_no_example_goes_untold_and_every_kind_of_leaf_has_one() -> None:
    assert len(EXAMPLES) == PAGE.count("```json")
    rules = [parse_rule(json.loads(example)) for example, _ in EXAMPLES]
    fields = {
        field.alias or name
        for rule in rules
        for _, leaf in leaves(rule)
        for name, field in type(leaf).model_fields.items()
    }
    told = fields & NODE_KEYS
    assert told | GROUPS >= NODE_KEYS
