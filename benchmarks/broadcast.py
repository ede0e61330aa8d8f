"""10,000 pushes through the local engine, end to end: what arrives, how often, and how long it takes.

python -m benchmarks.broadcast [PEOPLE]
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from shopbell.local.pushd.remote import started

from benchmarks.broadcasting import Outcome, Stage, staged

PEOPLE: Final = 10_000
PATIENCE: Final = 1_800.0
LOOKS: Final = 10


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    with tempfile.TemporaryDirectory() as folder, started(Path(folder) / "pushd") as push:
        began = time.monotonic()
        with staged(Path(folder) / "machine", push, enforce_iam=False) as stage:
            say(f"machine and store of 64 shards: {time.monotonic() - began:.1f} s")
            run(stage, people)


def run(stage: Stage, people: int) -> None:
    began = time.monotonic()
    ids = stage.subscribe(people, tenths(people))
    left = stage.session.settle(PATIENCE)
    if left:
        raise SystemExit(f"the subscriptions are not settled: {left}")
    seconds = time.monotonic() - began
    say(f"{people} subscriptions by the public API and through the stream: {seconds:.1f} s, {people / seconds:.0f}/s")
    outcome = stage.broadcast(ids, PATIENCE, looks())
    tell(outcome)
    wrong = faults_of(outcome)
    print("nothing lost, nothing twice, the report adds up" if not wrong else f"NOT MET: {'; '.join(wrong)}")
    raise SystemExit(1 if wrong else 0)


def tell(outcome: Outcome) -> None:
    said = outcome.report
    print(f"from the call to the end of the campaign: {outcome.seconds:.1f} s")
    print(f"planned {said['targeted']} = accepted {said['accepted']} + failed {said['failed']}", end="")
    print(f" + retired {said['retired']} + skipped {sum(said['skipped'].values())}")
    print(f"at the push service: {outcome.posted}")
    print("got it: " + ", ".join(f"{number} × {times} times" for times, number in sorted(outcome.times.items())))
    print(f"{outcome.posted['messages'] / outcome.seconds:.0f} messages a second on this machine")


def faults_of(outcome: Outcome) -> list[str]:
    """What must not be; each by name."""
    said = outcome.report
    checks = {
        "somebody was missed": said["accepted"] != outcome.subscribed
        or sum(outcome.times.values()) != said["accepted"],
        "somebody got it twice": set(outcome.times) - {1},
        "the report does not add up": said["targeted"] != outcome.ends or said["targeted"] != outcome.subscribed,
        "a message had no addressee": outcome.strangers,
        "the push service objected": outcome.posted["wrong"],
        "something is on a dead-letter queue": outcome.dead,
    }
    return [name for name, found in checks.items() if found]


def tenths(people: int) -> Callable[[int], None]:
    def look(done: int) -> None:
        if done % max(people // LOOKS, 1) == 0:
            say(f"  subscribed {done} of {people}")

    return look


def looks() -> Callable[[Any], None]:
    last = [0.0]

    def look(report: Any) -> None:
        if time.monotonic() - last[0] > LOOKS:
            last[0] = time.monotonic()
            say(f"  targeted {report['targeted']}, accepted {report['accepted']}, open {report['open']}")

    return look


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
