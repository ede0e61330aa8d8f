"""When messages were accepted is kept with how they ended, and adds up to it."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from shopbell.app.ends import Handed
from shopbell.domain.clock import HOUR, MINUTE
from shopbell.domain.push.values import PushAnswer
from shopbell.domain.quarters import QUARTER, placed, quarter_of
from shopbell.domain.runs import Terms

from tests.unit.app.pushing import put_off
from tests.unit.app.shop import NOON, STORE, Shop
from tests.unit.delivery.steps import reader

_TIMES = st.dictionaries(st.integers(0, 50).map(lambda number: number * QUARTER), st.integers(1, 9), max_size=5)


@given(st.integers(0, 500), _TIMES, st.integers(0, 10**9))
def test_all_of_them_have_a_time(whole: int, known: dict[int, int], at: int) -> None:
    found = placed(whole, known, at)
    assert sum(found.values()) == whole
    assert {when: known.get(when, 0) for when in found if when != quarter_of(at)} == {
        when: number for when, number in known.items() if when != quarter_of(at)
    }


def test_a_run_that_goes_on_later_has_both_times_and_a_repeat_changes_nothing() -> None:
    shop = Shop()
    for number in range(6):
        shop.subscribe(f"v{number}")
    run = shop.run(terms=Terms(respect_caps=False))
    answers = iter([PushAnswer(201)] * 4 + [put_off(1)] * 2)
    shop.push.answer = lambda _: next(answers, PushAnswer(201))
    (chunk,) = shop.page_all()
    shop.send(chunk, Handed(), shop.left)
    shop.clock.now = NOON + 2 * HOUR + 20 * MINUTE
    for receives in (2, 3, 4):
        shop.send(chunk, Handed(receives), shop.left)
    report = reader(shop).over([run], timed=True)
    assert report.accepted == 6
    assert Counter(report.accepted_at) == {NOON: 4, NOON + 2 * HOUR + 15 * MINUTE: 2}
    assert reader(shop).over(shop.runs.of_source(STORE, "campaign", "spring")).accepted_at == {}
