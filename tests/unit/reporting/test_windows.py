"""How long a click counts: what the scenario or campaign says, else the store."""

import pytest
from shopbell.domain.clock import DAY
from shopbell.domain.errors import Rejected
from shopbell.domain.scenarios.terms import terms_of

from tests.unit.scenarios.test_parameters import plan


def test_the_window_of_a_scenario_is_carried_into_the_terms_of_its_messages() -> None:
    assert terms_of(plan("churn", attribution={"click": "P7D"}), 0).attribution == 7 * DAY
    assert terms_of(plan("churn"), 0).attribution is None


def test_a_window_that_is_too_long_is_refused_where_it_stands() -> None:
    with pytest.raises(Rejected) as refused:
        plan("churn", attribution={"click": "P31D"})
    assert [problem.path for problem in refused.value.problems] == ["parameters.attribution.click"]
