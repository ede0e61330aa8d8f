"""A number that is given is sent, and 0 is one."""

import json
from argparse import Namespace
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from shopbell.local.client.command import Option
from shopbell.local.client.groups import COMMANDS
from shopbell.local.client.run import given

from tests.functions.command.counter import Counter, served
from tests.functions.http.office import Office
from tests.functions.http.world import Answered


@dataclass
class Noting(Office):
    """Notes what it is sent, and passes on that it was asked, without it."""

    bodies: list[Any] = field(default_factory=list)

    def manage(self, method: str, path: str, body: Any = None, **how: Any) -> Answered:
        self.bodies.append(json.loads(body))
        return super().manage(method, path, **how)


NUMBERS: Final = [
    pytest.param(option, id=f"{command.words} {option.flag}")
    for command in COMMANDS
    for option in (*command.query, *command.body)
    if option.kind == "number" and not option.local
]


@pytest.mark.parametrize("option", NUMBERS)
@pytest.mark.parametrize("number", [0, 1, 7])
def test_a_number_is_sent_as_it_was_given(option: Option, number: int) -> None:
    sent: Any = given((option,), Namespace(**{option.name: number}))[option.field]
    assert (sent, type(sent)) == (number, int)


@pytest.mark.parametrize("unsaid", [None, False])
def test_what_was_not_given_is_not_sent(unsaid: object) -> None:
    assert given((Option("in_stock", "again", "flag"),), Namespace(in_stock=unsaid)) == {}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("campaigns send c1 --yes --expected-audience 0", "expected_audience"),
        ("campaigns schedule c1 --expected-audience 0", "expected_audience"),
        ("scenarios dry-run price_drop --product-id p1 --price 0", "price"),
        ("import feed {file} --format csv --mode full --least-percent 0", "least_percent"),
    ],
)
def test_0_reaches_the_api(counter: Counter, words: str, name: str) -> None:
    office = Noting()
    with served(office) as url:
        counter.at(url)
        counter.run(*words.format(file=counter.file("feed.csv", "id\n")).split(" "))
    assert [body[name] for body in office.bodies] == [0]


def test_none_of_a_recommendation_is_refused(counter: Counter) -> None:
    assert counter.run("products", "recommend", "top_sellers", "--count", "0") == 1
    assert "count: " in counter.warned
