"""Membership against the oracle, through duplicates, crashes, lost answers, races, late events, edits and merges."""

import os
from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sim.person_machines import Crowded, Few, People
from tests.sim.person_mutants import MANY, MUTANTS, RARE
from tests.sim.person_steps import Store

EXAMPLES: Final = int(os.environ.get("SHOPBELL_TEST_EXAMPLES", "150"))
MUTANT_EXAMPLES: Final = 500
"""The most that a mutant may survive; each says how many it needed."""
EACH: Final = pytest.mark.parametrize("machine", [People, Few, Crowded], ids=["everything", "few-rules", "crowd"])


def _settings(examples: int, steps: int, *phases: Phase) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        phases=phases or tuple(Phase),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


@EACH
@pytest.mark.timeout(900)
def test_membership_is_what_the_oracle_says(machine: type[Store]) -> None:
    run_state_machine_as_test(machine, settings=_settings(EXAMPLES, 40))


@EACH
@pytest.mark.long
@pytest.mark.timeout(7_200)
def test_membership_is_what_the_oracle_says_over_a_thousand_histories(machine: type[Store]) -> None:
    run_state_machine_as_test(machine, settings=_settings(1_000, 100))


def _killed(name: str, steps: int, note: Callable[[str, object], None]) -> None:
    machine: type[Store] = Few if name in RARE else Crowded if name in MANY else People
    mutant: type[Store] = type("Mutant", (machine,), {"seams": MUTANTS[name], "examples": 0})
    with pytest.raises((AssertionError, KeyError)):
        run_state_machine_as_test(mutant, settings=_settings(MUTANT_EXAMPLES, steps, Phase.generate))
    note("examples", mutant.examples)
    print(f"{name}: killed by example {mutant.examples}")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_the_oracle_kills_the_mutant(name: str, record_property: Callable[[str, object], None]) -> None:
    _killed(name, 40, record_property)


@pytest.mark.long
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_the_oracle_kills_the_mutant_in_long_histories(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    _killed(name, 100, record_property)
