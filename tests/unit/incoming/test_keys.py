"""API keys: the text alone names kind and store; only the digest is kept."""

import hashlib

import pytest
from shopbell.domain.keys import ApiKey, parse_key
from shopbell.domain.store import KeyKind

SECRET = "0aZ9" * 8


@pytest.mark.parametrize("kind", ["pub", "srv", "mgmt"])
def test_a_key_names_its_kind_and_its_store(kind: KeyKind) -> None:
    text = f"sb_{kind}_store00001_{SECRET}"
    key = parse_key(text)
    assert key is not None
    assert (key.kind, key.store, key.digest) == (kind, "store00001", hashlib.sha256(text.encode()).hexdigest())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sb_pub_store00001_",
        f"sb_adm_store00001_{SECRET}",
        f"sb_pub_store0001_{SECRET}",
        f"sb_pub_STORE00001_{SECRET}",
        f"sb_pub_store00001_{SECRET}x",
        f"sb_pub_store00001_{SECRET[:-1]}",
        f"sb_pub_store00001_{SECRET[:-1]}-",
        f"sb_pub_store00001_{SECRET}\n",
        f" sb_pub_store00001_{SECRET}",
        f"sb_pub_store0000１_{SECRET}",
    ],
)
def test_anything_else_is_no_key(text: str) -> None:
    assert parse_key(text) is None


def test_a_key_does_not_print_itself() -> None:
    key = parse_key(f"sb_mgmt_store00001_{SECRET}")
    assert isinstance(key, ApiKey)
    assert SECRET not in repr(key)
