"""The Huffman code of header fields, read only (RFC 7541 appendix B)."""

from typing import Final

END_OF_STRING: Final = 256
MAX_PADDING: Final = 7
"""Bits, all of them 1."""

# The code is canonical: the lengths of its 257 words, in bits, are all that there is to know
_LENGTHS: Final = bytes.fromhex(
    "0d171c1c1c1c1c1c1c181e1c1c1e1c1c1c1c1c1c1c1c1e1c1c1c1c1c1c1c1c1c060a0a0c0d06080b0a0a080b080606060505"
    "050606060606060607080f060c0a0d06070707070707070707070707070707070707070707070807080d130d0e060f050605"
    "06050606060507070606060506070605050607070707070f0b0e0d1c14161414161616171617171717171817181816171817"
    "1717171516171617171816151416161717151716161815161717151516151716171714161616171616171a1a141316171619"
    "1a1a1a1b1b1a181913151a1b1b1a1b1815151a1a1c1b1b1b14181415161515171616191918181a171a1b1a1a1b1b1b1b1b1c"
    "1b1b1b1b1b1a1e"
)


class BadHuffman(ValueError):  # noqa: N818 - as above
    """Not text in that code."""


def decode(coded: bytes) -> bytes:
    """The octets; BadHuffman where a word is cut off, is the one that ends strings, or the padding is not of ones."""
    out, value, length = bytearray(), 0, 0
    for octet in coded:
        for shift in range(7, -1, -1):
            value, length = value << 1 | octet >> shift & 1, length + 1
            symbol = _WORDS.get((length, value))
            if symbol is not None:
                if symbol == END_OF_STRING:
                    raise BadHuffman("the end of a string within it")
                out.append(symbol)
                value = length = 0
    if length > MAX_PADDING or value != (1 << length) - 1:
        raise BadHuffman("padded with something else")
    return bytes(out)


def _words() -> dict[tuple[int, int], int]:
    """By length and value, counted up as canonical codes are."""
    words: dict[tuple[int, int], int] = {}
    value = last = 0
    for symbol in sorted(range(len(_LENGTHS)), key=lambda one: (_LENGTHS[one], one)):
        value <<= _LENGTHS[symbol] - last
        last = _LENGTHS[symbol]
        words[last, value] = symbol
        value += 1
    return words


_WORDS: Final = _words()
