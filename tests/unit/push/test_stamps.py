"""What a run's messages share is stamped and encoded once, and every one of them is as if it were made by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.ids import RunId, StoreId
from shopbell.domain.push.token import LIFETIME, MessageRef, Stamp, TokenKey, open_token, sign

KEY = TokenKey(7, bytes(range(32)))
STORE, RUN = StoreId("store00001"), RunId("r1")


@given(
    st.integers(0, 255), st.integers(0, 255), st.binary(min_size=16, max_size=16), st.binary(min_size=8, max_size=8)
)
def test_a_stamp_serves_for_everybody(variant: int, shard: int, who: bytes, device: bytes) -> None:
    stamp = Stamp(STORE, RUN, 2, LIFETIME, KEY)
    ref = MessageRef(STORE, RUN, 2, variant, shard, who, device, LIFETIME)

    first, second = stamp(variant, shard, who, device), stamp(variant, shard, who, device)

    assert first == second == sign(ref, KEY)
    assert open_token(first, [KEY], 0) == ref


@pytest.mark.parametrize(
    ("store", "run", "step"), [("", "r", 0), ("s", "", 0), ("s" * 60, "r" * 9, 0), ("s", "r", 256), ("s", "r", -1)]
)
def test_what_does_not_fit_is_refused(store: str, run: str, step: int) -> None:
    with pytest.raises(ValueError, match="must"):
        Stamp(StoreId(store), RunId(run), step, LIFETIME, KEY)


@pytest.mark.parametrize(
    ("variant", "shard", "who", "device"), [(256, 0, 16, 8), (0, -1, 16, 8), (0, 0, 15, 8), (0, 0, 16, 9)]
)
def test_whom_it_does_not_fit_is_refused(variant: int, shard: int, who: int, device: int) -> None:
    with pytest.raises(ValueError, match=r"must|is 16"):
        Stamp(STORE, RUN, 0, LIFETIME, KEY)(variant, shard, bytes(who), bytes(device))
