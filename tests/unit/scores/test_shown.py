"""Scores as they are shown: never one without its night, never a forecast without what it rests on."""

import pytest
from shopbell.domain.events import Json
from shopbell.domain.scores.shown import Scores, band, shown

RFM: dict[str, Json] = {"rfm": [5, 4, 3], "group": "loyal", "at": 9_000}


@pytest.mark.parametrize(
    ("churn", "word"),
    [(0.0, "low"), (0.3299, "low"), (0.33, "medium"), (0.6599, "medium"), (0.66, "high"), (1.0, "high")],
)
def test_a_risk_has_one_of_three_bands(churn: float, word: str) -> None:
    assert band(churn) == word


@pytest.mark.parametrize(
    ("stored", "scores"),
    [
        ({}, None),
        ({name: value for name, value in RFM.items() if name != "at"}, None),
        (RFM, Scores(5, 4, 3, "loyal", 9_000)),
        ({**RFM, "rfm": (5, 4, 3)}, Scores(5, 4, 3, "loyal", 9_000)),
        ({**RFM, "churn_90d": 0.4, "next_order_at": 7}, Scores(5, 4, 3, "loyal", 9_000)),
        (
            {**RFM, "churn_90d": 0.4, "next_order_at": 7, "basis": "bgnbd"},
            Scores(5, 4, 3, "loyal", 9_000, 0.4, 7, "bgnbd"),
        ),
        (
            {**RFM, "basis": "bgnbd", "next_order_at": 7, "next_order_from": 5, "next_order_to": 9, "clv_12m": 4_200},
            Scores(5, 4, 3, "loyal", 9_000, None, 7, "bgnbd", 5, 9, 4_200),
        ),
        ({**RFM, "next_order_from": 5, "clv_12m": 4_200}, Scores(5, 4, 3, "loyal", 9_000)),
        ({**RFM, "churn_90d": 1, "basis": "rule"}, Scores(5, 4, 3, "loyal", 9_000, 1.0, None, "rule")),
    ],
    ids=[
        "none",
        "of no night",
        "rfm",
        "as stored",
        "without a basis",
        "of the model",
        "with a band and a worth",
        "a worth without a basis",
        "of the rule",
    ],
)
def test_what_is_stored_is_shown_with_its_night_and_its_basis(stored: dict[str, Json], scores: Scores | None) -> None:
    assert shown(stored) == scores
