"""Who we are to a push service (RFC 8292): the contact, the claims and how long a signature is used."""

import re
from typing import Final
from urllib.parse import urlsplit

from shopbell.domain.clock import HOUR, MINUTE, SECOND, Duration, Instant
from shopbell.domain.errors import Problem, Rejected

LIFETIME: Final[Duration] = 12 * HOUR
"""RFC 8292 section 2 allows 24 h; half of it leaves room for clocks that differ."""
RENEW_BEFORE: Final[Duration] = 30 * MINUTE

_MAILBOX: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NOWHERE: Final = frozenset({"localhost", "local", "invalid", "test", "internal", "lan", "home", "localdomain"})
_MAX_CONTACT: Final = 320


class BadContact(Rejected):
    """Nobody can be reached there; push services refuse such a `sub`, Apple with 403 BadJwtToken."""

    def __init__(self, reason: str) -> None:
        super().__init__((Problem("contact", reason),))
        self.reason = reason


def check_subject(contact: str) -> str:
    """The contact itself if it may be a `sub`: `mailto:` a real domain, or an https URL. Raises BadContact."""
    if not contact.isascii() or not contact.isprintable() or any(c in contact for c in ' <>"\\,'):
        raise BadContact("must be one bare address, without spaces, brackets or commas")
    if len(contact) > _MAX_CONTACT:
        raise BadContact(f"must be at most {_MAX_CONTACT} characters")
    scheme, _, rest = contact.partition(":")
    match scheme:
        case "mailto":
            mailbox, _, host = rest.rpartition("@")
            if not _MAILBOX.fullmatch(mailbox):
                raise BadContact("must hold one mail address after mailto:")
        case "https":
            host = _host(contact)
        case _:
            raise BadContact("must begin with mailto: or https://")
    _check_domain(host.lower())
    return contact


def claims(origin: str, subject: str, now: Instant) -> dict[str, str | int]:
    """A fresh dict at each call: signers write into it, and a shared one keeps the `aud` of the first."""
    return {"aud": origin, "exp": (now + LIFETIME) // SECOND, "sub": subject}


def usable(expires: Instant, now: Instant) -> bool:
    """Whether a signature may still be used: renewed half an hour early, and if the clock was set back."""
    return RENEW_BEFORE < expires - now <= LIFETIME + RENEW_BEFORE


def _host(contact: str) -> str:
    try:
        parts = urlsplit(contact)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadContact("must be a well-formed https URL") from None
    if not contact.startswith("https://") or "@" in parts.netloc or port not in (None, 443):
        raise BadContact("must be a plain https URL, without user or port")
    return host


def _check_domain(host: str) -> None:
    labels = host.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):  # noqa: PLR2004 - name.tld
        raise BadContact("must name a whole domain")
    if labels[-1] in _NOWHERE or labels[-1].isdigit():
        raise BadContact("must name a domain that exists on the internet")
