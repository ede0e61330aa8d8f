"""How fast a worker may post: what each service's cap is shared out to, and a bucket that holds to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import SECOND
from shopbell.domain.push.rates import CAPS, WORKERS, Bucket, Rates, parse_rates
from shopbell.domain.subscriptions import SERVICES, PushService


@pytest.mark.parametrize("service", SERVICES)
def test_all_workers_of_runs_and_of_single_messages_together_reach_the_cap_and_single_ones_have_the_first_tenth(
    service: PushService,
) -> None:
    rates = Rates()
    runs, now = (rates.a_second(service, lane) * WORKERS for lane in ("runs", "now"))
    assert runs + now == pytest.approx(CAPS[service])
    assert now == pytest.approx(CAPS[service] / 10)


def test_a_cap_that_is_not_named_stays() -> None:
    assert parse_rates("fcm=40000, wns=2000").caps == {**CAPS, "fcm": 40_000, "wns": 2_000}
    assert parse_rates("").caps == CAPS


@pytest.mark.parametrize("text", ["pigeon=5", "fcm", "fcm=0", "fcm=-1", "fcm=1.5", "fcm=9999999"])
def test_a_cap_that_means_nothing_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        parse_rates(text)


@given(
    st.floats(0.5, 2_000),
    st.floats(1, 500),
    st.lists(st.tuples(st.integers(-500, 5_000), st.integers(1, 60)), min_size=1, max_size=60),
)
def test_no_stretch_of_time_sees_more_than_the_rate_and_one_burst(
    rate: float, burst: float, asked: list[tuple[int, int]]
) -> None:
    bucket, now, latest, taken = Bucket(rate, burst, 0), 0, 0, 0
    for step, wanted in asked:
        now += step
        latest = max(latest, now)
        number = min(wanted, bucket.holds(now))
        bucket.take(number)
        taken += number
        assert taken <= burst + rate * latest / SECOND + 1e-3


@given(st.floats(0.5, 2_000), st.integers(1, 50))
def test_after_the_wait_that_it_names_it_holds_what_was_wanted(rate: float, wanted: int) -> None:
    bucket = Bucket(rate, 50.0, 0)
    bucket.take(bucket.holds(0))
    wait = bucket.wait(wanted)
    assert bucket.holds(wait + 1) >= wanted
    assert wait <= wanted / rate * SECOND + 2
