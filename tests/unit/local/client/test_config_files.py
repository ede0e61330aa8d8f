"""The file of a configuration says what it is given, to every reader of YAML; and which values say the same."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from shopbell.local.client.config.files import dump, parse
from shopbell.local.client.config.shapes import same

TEXTS = st.text(st.characters(codec="utf-8")) | st.sampled_from(
    [
        "on",
        "No",
        "21:00",
        "1e5",
        "1_000",
        "0x1f",
        "~",
        "",
        "2026-05-17",
        "<<",
        "=",
        "- a\n- b\n",
        " a",
        "a ",
        "a\n\n b",
    ]
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(PLAIN, lambda below: st.lists(below) | st.dictionaries(TEXTS, below), max_leaves=20)


@given(st.dictionaries(TEXTS, VALUES, min_size=1))
def test_what_is_written_is_read_again(value: dict[str, Any]) -> None:
    text = dump(value)
    assert parse(text, "file").value == value
    assert dump(parse(text, "file").value) == text


@given(TEXTS)
def test_a_text_is_a_text_for_every_reader(text: str) -> None:
    assert yaml.safe_load(dump({"a": text})) == {"a": text}


def test_a_place_is_named_with_its_line_and_a_missing_one_with_that_of_what_it_would_stand_in() -> None:
    file = parse("a: 1\nb:\n  c:\n  - d: 2\n  - e: 3\n", "store.yaml")
    assert file.at(("b", "c", 1, "e")) == "store.yaml: line 5: b.c.1.e"
    assert file.at(("b", "c", 1, "f", "g")) == "store.yaml: line 5: b.c.1.f.g"
    assert file.at(("z",)) == "store.yaml: line 1: z"


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("PT60M", "PT1H", True),
        ("-PT1H", "PT1H", False),
        ("2026-12-01T10:00:00+01:00", "2026-12-01T09:00:00Z", True),
        (1.0, 1, True),
        (True, 1, False),
        (0, False, False),
        (None, {}, False),
        ([1, 2], [2, 1], False),
        ({"a": ["P7D"]}, {"a": ["P1W"]}, True),
        ({"a": None}, {}, False),
        ("a", "b", False),
    ],
)
def test_values_that_say_the_same_are_the_same(one: Any, other: Any, are: bool) -> None:
    assert same(one, other) is are
    assert same(other, one) is are
