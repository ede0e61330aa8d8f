"""Which addresses a webhook may have: a stranger gives them, and our functions stand behind many doors.

Whoever may name an address that we post to could else reach what only our own machines can: the instance metadata,
a database on a private network, a service on loopback (server-side request forgery, CWE-918). The text is checked
when it is given; what its name leads to is checked where the connection is made, each time anew.
"""

import ipaddress
import re
from typing import Final

from shopbell.domain.push.endpoints import MAX_LENGTH, is_name

# RFC 3986 without the fragment and the brackets of an IP literal
_CHARACTERS: Final = re.compile(r"[A-Za-z0-9\-._~:/?@!$&'()*+,;=%]+")
_PARTS: Final = re.compile(r"([A-Za-z]+)://([^/?]*)([^?]*)")
_LOOPBACK: Final = re.compile(r"127\.0\.0\.1:([1-9][0-9]{0,4})")
_RESERVED_NAMES: Final = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "test", "invalid")
"""Last labels that mean nothing to the world, or something to a private network alone (RFC 6761, RFC 6762)."""
_EMBEDDING: Final = tuple(
    map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0/96", "64:ff9b::/32", "2001::/32", "2002::/16"))
)
"""IPv6 that carries an IPv4 address inside, which may be any (RFC 4291, 6052, 4380, 3056)."""
_NOT_ROUTED: Final = tuple(map(ipaddress.IPv6Network, ("fec0::/10", "3fff::/20")))
"""What `is_global` lets pass: site-local (RFC 3879), documentation (RFC 9637)."""
_ISATAP: Final = 0x5EFE
"""Before the IPv4 address in an interface identifier, below 16 bits of which two may be either (RFC 5214, 6.1)."""
_ISATAP_BITS: Final = 0xFCFF_FFFF


def check_address(url: str, *, loopback: bool) -> str:
    """The address in its one spelling; ValueError says in words that follow the field's name what is wrong.

    https, a plain domain name and port 443. `loopback`: `http://127.0.0.1:<port>` passes too (stage local).
    Whatever an HTTP client could read differently from us is refused rather than repaired.
    """
    scheme, authority, path = _split(url)
    if loopback and scheme == "http" and (port := _LOOPBACK.fullmatch(authority)) and int(port[1]) < 1 << 16:
        return f"http://{authority}{path}"
    if scheme != "https":
        raise ValueError("must be an https address")
    if "@" in authority:
        raise ValueError("must not name a user")
    host, colon, port_text = authority.lower().partition(":")
    if colon and port_text != "443":
        raise ValueError("must use port 443")
    if not is_name(host) or host.rpartition(".")[2] in _RESERVED_NAMES:
        raise ValueError("must name a public host by its domain name")
    return f"https://{host}{path}"


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet at large, and carries no other inside."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and _leads_elsewhere(found):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _leads_elsewhere(address: ipaddress.IPv6Address) -> bool:
    inside = int(address) >> 32 & _ISATAP_BITS == _ISATAP
    return inside or any(address in network for network in (*_EMBEDDING, *_NOT_ROUTED))


def _split(url: str) -> tuple[str, str, str]:
    """Scheme in lower case, authority, and the rest with at least a slash."""
    if len(url) > MAX_LENGTH:
        raise ValueError(f"must have at most {MAX_LENGTH} characters")
    parts = _PARTS.match(url) if _CHARACTERS.fullmatch(url) else None
    if parts is None:
        raise ValueError("must be an https address")
    rest = url[parts.end(2) :]
    return parts[1].lower(), parts[2], rest if rest.startswith("/") else f"/{rest}"
