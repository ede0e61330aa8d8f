"""VAPID: a contact that Apple accepts, claims that never leak from one service to the next."""

import pytest
from shopbell.domain.clock import HOUR, MINUTE
from shopbell.domain.push.vapid import LIFETIME, BadContact, check_subject, claims, usable

NOW = 1_800_000_000_000


@pytest.mark.parametrize(
    "contact",
    [
        "mailto:ops@shop.example",
        "mailto:ops@example.com",
        "mailto:first.last+push@mail.shop-one.co.uk",
        "mailto:o'brien@shop.ie",
        "mailto:ops@xn--bcher-kva.example",
        "https://shop.example",
        "https://shop.example/contact",
        "https://shop.example:443/contact?topic=push",
        "mailto:ops@SHOP.Example",
    ],
)
def test_a_real_contact_passes_unchanged(contact: str) -> None:
    assert check_subject(contact) == contact


@pytest.mark.parametrize(
    "contact",
    [
        "",
        "ops@shop.example",
        "mailto:",
        "mailto:ops",
        "mailto:@shop.example",
        "mailto:ops@",
        "mailto: ops@shop.example",
        "mailto:<ops@shop.example>",
        "mailto: <ops@shop.example>",
        "mailto:Ops <ops@shop.example>",
        "mailto:a@shop.example,b@shop.example",
        "mailto:a@b@shop.example",
        "mailto:ops@localhost",
        "mailto:ops@shop.localhost",
        "mailto:ops@shop.local",
        "mailto:ops@shop.invalid",
        "mailto:ops@shop.test",
        "mailto:ops@shop.internal",
        "mailto:ops@shop",
        "mailto:ops@127.0.0.1",
        "mailto:ops@[127.0.0.1]",
        "mailto:ops@shop..example",
        "mailto:ops@-shop.example",
        "mailto:ops@shop.example.",
        "mailto:öps@shop.example",
        "mailto:ops@shop.example\n",
        "MAILTO:ops@shop.example",
        "http://shop.example",
        "https:shop.example",
        "https://",
        "https://localhost",
        "https://localhost/contact",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[",
        "https://shop.test/",
        "https://shop.invalid/",
        "https://user@shop.example/",
        "https://shop.example:8443/",
        "https://shop.example:x/",
        "https://shop.example/a b",
        "tel:+431234",
        "javascript:alert(1)",
        "mailto:" + "a" * 65 + "@shop.example",
        "https://shop.example/" + "a" * 320,
    ],
)
def test_a_contact_where_nobody_is_reached_is_refused(contact: str) -> None:
    with pytest.raises(BadContact) as refused:
        check_subject(contact)
    assert refused.value.problems[0].path == "contact"


def test_claims_are_a_fresh_dict_with_half_a_day_to_live() -> None:
    said = claims("https://web.push.apple.com", "mailto:ops@shop.example", NOW)
    assert said == {
        "aud": "https://web.push.apple.com",
        "exp": NOW // 1000 + 12 * 3600,
        "sub": "mailto:ops@shop.example",
    }
    said["aud"] = "https://evil.example"
    assert claims("https://fcm.googleapis.com", "s", NOW)["aud"] == "https://fcm.googleapis.com"


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (LIFETIME, True),
        (31 * MINUTE, True),
        (30 * MINUTE, False),
        (0, False),
        (-HOUR, False),
        (LIFETIME + 20 * MINUTE, True),
        (LIFETIME + 2 * HOUR, False),
        (24 * HOUR, False),
    ],
    ids=str,
)
def test_a_signature_is_renewed_early_and_when_the_clock_was_set_back(left: int, *, expected: bool) -> None:
    assert usable(NOW + left, NOW) is expected
