"""Key agreement by the OpenSSL that Python itself has loaded: what `cryptography` does, without its objects.

`cryptography` makes a key object of each message's two points, which OpenSSL then converts for its providers before
it multiplies: a quarter of what encryption takes. Here one object of C serves all of a batch, and gets a new key pair
for each message. OpenSSL 3 calls the functions deprecated and keeps them; whoever keeps Python keeps the library
current, for `ssl` and `hashlib` use it too.
"""

from collections.abc import Callable, Sequence
from ctypes import CDLL, Array, c_char, c_char_p, c_int, c_size_t, c_void_p, create_string_buffer
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shopbell.adapters.webpush.agreement import CURVE, UNCOMPRESSED, Agree, Agreed, agreed, by_cryptography, shaped
from shopbell.domain.push.subscription_keys import POINT_LENGTH

_SECRET_LENGTH: Final = 32
_P256: Final = 415
"""NID_X9_62_prime256v1 (openssl/obj_mac.h)."""
_TRIED: Final = 3

Function = Callable[..., int]
"""Of C: 0 or NULL (None) where it fails."""


class OpenSsl:
    """An `Agree`. Calls may overlap, also in threads: nothing is kept from one to the next."""

    def __init__(self, library: CDLL) -> None:
        """AttributeError if it lacks a function."""
        self._new = _function(library, "EC_KEY_new_by_curve_name", c_void_p, c_int)
        self._free = _function(library, "EC_KEY_free", None, c_void_p)
        self._generate = _function(library, "EC_KEY_generate_key", c_int, c_void_p)
        self._group = _function(library, "EC_KEY_get0_group", c_void_p, c_void_p)
        self._public = _function(library, "EC_KEY_get0_public_key", c_void_p, c_void_p)
        self._point = _function(library, "EC_POINT_new", c_void_p, c_void_p)
        self._free_point = _function(library, "EC_POINT_free", None, c_void_p)
        read = (c_void_p, c_void_p, c_char_p, c_size_t, c_void_p)
        self._read = _function(library, "EC_POINT_oct2point", c_int, *read)
        write = (c_void_p, c_void_p, c_int, c_void_p, c_size_t, c_void_p)
        self._write = _function(library, "EC_POINT_point2oct", c_size_t, *write)
        multiply = (c_void_p, c_size_t, c_void_p, c_void_p, c_void_p)
        self._multiply = _function(library, "ECDH_compute_key", c_int, *multiply)
        self._forget_errors = _function(library, "ERR_clear_error", None)

    def __call__(self, points: Sequence[bytes]) -> list[Agreed | None]:
        own = self._new(_P256)
        theirs = self._point(self._group(own)) if own else None
        try:
            if not theirs:
                raise MemoryError("OpenSSL has no room for a key")
            place = _Place(own, theirs, create_string_buffer(POINT_LENGTH), create_string_buffer(_SECRET_LENGTH))
            return [self._agreed(point, place) for point in points]
        finally:
            self._free_point(theirs)
            self._free(own)

    def _agreed(self, point: bytes, at: "_Place") -> Agreed | None:
        group = self._group(at.own)
        # OpenSSL checks the coordinates and the curve's equation
        if not shaped(point) or self._read(group, at.theirs, point, POINT_LENGTH, None) != 1:
            # left in the queue of this thread, it would be taken for a fault of the next TLS connection
            self._forget_errors()
            return None
        done = (
            self._generate(at.own) == 1
            and self._write(group, self._public(at.own), UNCOMPRESSED, at.ours, POINT_LENGTH, None) == POINT_LENGTH
            and self._multiply(at.secret, _SECRET_LENGTH, at.theirs, at.own, None) == _SECRET_LENGTH
        )
        if not done:
            self._forget_errors()
            raise RuntimeError("OpenSSL made no key pair")
        return at.ours.raw, at.secret.raw


@dataclass(frozen=True, slots=True)
class _Place:
    """Of one call: our key and the browser's point as OpenSSL has them, and where it puts what it makes."""

    own: int
    theirs: int
    ours: "Array[c_char]" = field(repr=False)
    secret: "Array[c_char]" = field(repr=False)


def quickest(library: str | None = None) -> Agree:
    """By OpenSSL where Python has loaded one that does what `cryptography` does; elsewhere by `cryptography`.

    `library`: the path of another than Python's.
    """
    found = find_spec("_hashlib")
    try:
        agree = OpenSsl(CDLL(library or (found and found.origin) or ""))
    except (OSError, AttributeError):
        return by_cryptography
    return agree if proven(agree) else by_cryptography


def proven(agree: Agree) -> bool:
    """Tried with keys made here, among them one that is no point: whether it is right about all of them."""
    receivers = [ec.generate_private_key(CURVE) for _ in range(_TRIED)]
    points = [one.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint) for one in receivers]
    found = agree([*points, bytes([UNCOMPRESSED]) + bytes(POINT_LENGTH - 1)])
    made = [one for one in found if one is not None]
    if len(made) != _TRIED or found[-1] is not None or len({ours for ours, _ in made}) != _TRIED:
        return False
    return all(agreed(ours, one)[1] == secret for one, (ours, secret) in zip(receivers, made, strict=True))


def _function(library: CDLL, name: str, gives: type | None, *takes: type) -> Function:
    found = library[name]
    found.restype, found.argtypes = gives, takes
    result: Function = found
    return result
