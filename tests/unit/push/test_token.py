"""Message tokens: they come back as they were, and nothing about them can be changed, aged or borrowed."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import DAY
from shopbell.domain.ids import RunId, StoreId, subscription_id, visitor_hash
from shopbell.domain.ids import VisitorId as Visitor
from shopbell.domain.push.token import (
    LIFETIME,
    MAX_IDS,
    MAX_LENGTH,
    BadToken,
    MessageRef,
    TokenKey,
    open_token,
    sign,
    store_of,
    subscription_hash,
)

NOW: Final = 1_800_000_000_000
OLD: Final = TokenKey(1, b"o" * 32)
NEW: Final = TokenKey(2, b"n" * 32)
STORE: Final = StoreId("st_01hzy8")
REF: Final = MessageRef(
    store=STORE,
    run=RunId("run_01hzy8abc"),
    step=2,
    variant=1,
    visitor_shard=63,
    visitor_hash=visitor_hash(STORE, Visitor("v1")),
    subscription_hash=subscription_hash(subscription_id("https://fcm.googleapis.com/x")),
    expires_at=NOW + LIFETIME,
)
IDS: Final = st.text(st.characters(codec="ascii"), min_size=1, max_size=34)
BYTE: Final = st.integers(0, 255)
REFS: Final = st.builds(
    MessageRef,
    store=IDS.map(StoreId),
    run=IDS.map(RunId),
    step=BYTE,
    variant=BYTE,
    visitor_shard=BYTE,
    visitor_hash=st.binary(min_size=16, max_size=16),
    subscription_hash=st.binary(min_size=8, max_size=8),
    expires_at=st.integers(NOW + 1, NOW + 10 * LIFETIME),
)


@given(REFS)
def test_what_was_signed_comes_back(ref: MessageRef) -> None:
    token = sign(ref, NEW)
    assert len(token) <= MAX_LENGTH
    assert open_token(token, [OLD, NEW], NOW) == ref
    assert store_of(token) == ref.store


def test_a_token_is_fit_for_a_url() -> None:
    assert sign(REF, NEW).replace("-", "").replace("_", "").isalnum()


def test_every_single_flipped_bit_is_refused() -> None:
    token = sign(REF, NEW)
    raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for bit in range(len(raw) * 8):
        forged = bytearray(raw)
        forged[bit // 8] ^= 1 << bit % 8
        text = urlsafe_b64encode(forged).rstrip(b"=").decode()
        assert isinstance(open_token(text, [OLD, NEW], NOW), BadToken), bit


@pytest.mark.parametrize("length", range(9))
def test_every_single_changed_character_is_refused_also_in_unused_bits(length: int) -> None:
    token = sign(replace(REF, run=RunId("r" * (length + 1))), NEW)
    for index in range(len(token)):
        for other in "AQgwBhx_-z9":
            forged = token[:index] + other + token[index + 1 :]
            if forged != token:
                assert isinstance(open_token(forged, [NEW], NOW), BadToken)


def test_it_expires_after_30_days_to_the_millisecond() -> None:
    token = sign(REF, NEW)
    assert LIFETIME == 30 * DAY
    assert open_token(token, [NEW], REF.expires_at - 1) == REF
    assert open_token(token, [NEW], REF.expires_at) == BadToken("expired")


def test_both_keys_open_during_a_rotation_and_the_retired_one_no_more() -> None:
    before, after = sign(REF, OLD), sign(REF, NEW)
    for token in (before, after):
        assert open_token(token, [NEW, OLD], NOW) == REF
    assert open_token(before, [NEW], NOW) == BadToken("unknown_key")


def test_another_stores_key_of_the_same_id_does_not_open_it() -> None:
    assert open_token(sign(REF, NEW), [TokenKey(NEW.id, b"x" * 32)], NOW) == BadToken("forged")
    assert open_token(sign(replace(REF, store=StoreId("st_other")), OLD), [NEW], NOW) == BadToken("unknown_key")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "A",
        "AAAA",
        "=" * 8,
        "é" * 90,
        "A" * 161,
        "A" * 10_000,
        "a b",
        "A" * 90 + "\n",
        "Ag" + "A" * 88,
        "AQ" + "_" * 88,
    ],
    ids=lambda token: f"{len(token)} {token[:8]!a}",
)
def test_noise_is_refused(token: str) -> None:
    assert isinstance(open_token(token, [OLD, NEW], NOW), BadToken)


@given(st.text(st.sampled_from("ABCabc_-019=+/"), max_size=170))
def test_no_noise_raises(noise: str) -> None:
    assert isinstance(open_token(noise, [OLD, NEW], NOW), BadToken)
    store_of(noise)


@pytest.mark.parametrize(
    "changes",
    [
        {"store": "s" * 35, "run": "r" * 34},
        {"store": ""},
        {"run": ""},
        {"step": 256},
        {"variant": -1},
        {"visitor_shard": 256},
        {"visitor_hash": bytes(15)},
        {"subscription_hash": bytes(9)},
        {"store": "störe"},
    ],
    ids=str,
)
def test_a_reference_that_does_not_fit_is_a_fault_of_ours(changes: dict[str, object]) -> None:
    fields = {name: getattr(REF, name) for name in MessageRef.__slots__} | changes
    with pytest.raises(ValueError, match=r"must|is 16 bytes|ascii"):
        sign(MessageRef(**fields), NEW)


def test_the_longest_ids_fill_the_longest_token() -> None:
    full = replace(REF, store=StoreId("s" * 34), run=RunId("r" * (MAX_IDS - 34)))
    assert len(sign(full, NEW)) == MAX_LENGTH


def test_a_weak_key_is_refused_and_no_key_is_printed() -> None:
    with pytest.raises(ValueError, match="at least 32"):
        TokenKey(1, b"short")
    assert repr(NEW) == "TokenKey(id=2)"
