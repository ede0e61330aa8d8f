"""What a run costs in AWS, about: list prices of us-east-1 times what a push needs."""

from typing import Final

READ_UNIT: Final = 0.125e-6
WRITE_UNIT: Final = 0.625e-6
GIGABYTE_SECOND: Final = 0.0000133334
"""Of Lambda on arm64."""
GIGABYTE_OUT: Final = 0.09
_READS: Final = 4.2
"""Strongly consistent: three parts of the profile, the subscription, and a fifth of a page of the audience."""
_RECORD: Final = (1.0, 2.0)
"""Of the record of what a visitor was sent: one read, and one write, which a transaction counts twice."""
_MEMORY: Final = 1.769
_A_SECOND: Final = 400.0
"""Pushes of one worker, which mostly waits for the network."""
_OCTETS: Final = 1_600.0
"""On the wire, with headers and TLS."""


def usd(pushes: int, *, remembers: bool) -> float:
    """`remembers`: whether what each visitor was sent is noted, as caps ask for (ruling 8)."""
    each = _READS * READ_UNIT + _MEMORY / _A_SECOND * GIGABYTE_SECOND + _OCTETS / 1e9 * GIGABYTE_OUT
    record = _RECORD[0] * READ_UNIT + _RECORD[1] * WRITE_UNIT if remembers else 0.0
    return round(pushes * (each + record), 4)
