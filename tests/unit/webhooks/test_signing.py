"""Deliveries are signed as Standard Webhooks says, with any secret that is good now."""

from base64 import b64decode

from shopbell.domain.webhooks.signing import headers, shown, signature

SECRET = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
BODY = b'{"test": 2432232314}'
MESSAGE, AT = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330


def test_the_known_vector_of_the_format_comes_out() -> None:
    assert signature(SECRET, MESSAGE, AT, BODY) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_shown_as_receivers_take_it() -> None:
    assert shown(SECRET) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_while_two_secrets_are_good_both_sign_and_the_time_is_that_of_the_attempt() -> None:
    other = bytes(32)
    made = headers([other, SECRET], MESSAGE, AT * 1_000 + 999, BODY)
    signed = [signature(one, MESSAGE, AT, BODY) for one in (other, SECRET)]
    assert made["webhook-signature"] == " ".join(signed)
    assert (made["webhook-id"], made["webhook-timestamp"]) == (MESSAGE, str(AT))


def test_another_body_id_or_time_has_another_signature() -> None:
    made = {
        signature(SECRET, MESSAGE, AT, BODY),
        signature(SECRET, MESSAGE, AT, BODY + b" "),
        signature(SECRET, f"{MESSAGE}x", AT, BODY),
        signature(SECRET, MESSAGE, AT + 1, BODY),
        signature(bytes(32), MESSAGE, AT, BODY),
    }
    assert len(made) == 5
