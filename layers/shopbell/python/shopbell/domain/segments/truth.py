"""Truth with the instant up to which time alone cannot change it, and the algebra of the two (ruling 12)."""

from collections.abc import Callable, Sequence
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.profile import Profile

FOREVER: Final[Instant] = 1 << 62
Truth = tuple[bool, Instant]
"""Whether it holds, and the next instant at which it may not; FOREVER if only an event can change it."""
Test = Callable[[Profile, Instant], Truth]


def never(_profile: Profile, _now: Instant) -> Truth:
    """Of what nothing can make true."""
    return False, FOREVER


def every(tests: Sequence[Test]) -> Test:
    """True until its first child may flip; false as long as its longest-lasting false child."""
    return _joined(tests, decides=False)


def some(tests: Sequence[Test]) -> Test:
    """The mirror of `every`."""
    return _joined(tests, decides=True)


def opposite(test: Test) -> Test:
    def decide(profile: Profile, now: Instant) -> Truth:
        truth, until = test(profile, now)
        return not truth, until

    return decide


def _joined(tests: Sequence[Test], *, decides: bool) -> Test:
    if len(tests) == 1:
        return tests[0]

    def decide(profile: Profile, now: Instant) -> Truth:
        first, longest = FOREVER, 0
        for test in tests:
            truth, until = test(profile, now)
            if truth is decides:
                if until == FOREVER:
                    return decides, FOREVER
                longest = max(longest, until)
            elif until < first:
                first = until
        return (decides, longest) if longest else (not decides, first)

    return decide
