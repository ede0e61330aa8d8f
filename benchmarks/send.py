"""What one push costs its sender, in CPU time, from stored subscription and payload to classified answer.

make bench-send [ROUNDS=9]   (needs nginx, h2load and a C compiler, which it brings on Debian and Ubuntu)

All senders in one run, in a new random order each round, each in a process of its own, against one nginx on loopback.
"""

import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.peers.relay import relay
from benchmarks.peers.sink import Sink, sink
from benchmarks.send_limit import Limit, limit
from benchmarks.send_load import write_load

PROJECT: Final = Path(__file__).parents[1]
PEERS: Final = PROJECT / "benchmarks" / "peers"
THEIR_PYTHON: Final = PROJECT / ".venv-bench" / "bin" / "python"
LAMBDA_VARIABLES: Final = 26
"""So many more variables than ours a function has: some clients look through all of them at each request."""
SESSION: Final = "pywebpush webpush(), one requests session"
NPM: Final = "npm web-push, keep-alive agent"
RUST: Final = "PyPI webpush-rs"
LIMIT: Final = "limit: OpenSSL in C + h2load"


@dataclass(frozen=True, slots=True)
class Sender:
    name: str
    command: tuple[str, ...]
    pushes: int
    kind: str = ""
    """Of ours: the transport, and what else is measured."""
    all_authorities: bool = True
    """Whether it is given the authorities of the internet, as out of the box, or the sink's alone."""


def _ours(name: str, kind: str) -> Sender:
    return Sender(name, (sys.executable, "-m", "benchmarks.send_ours", kind), 3_000, kind, all_authorities=False)


def _python(name: str, kind: str, pushes: int, *, all_authorities: bool = True) -> Sender:
    command = (str(THEIR_PYTHON), str(PEERS / "in_python.py"), kind)
    return Sender(name, command, pushes, all_authorities=all_authorities)


SENDERS: Final = (
    _ours("Shopbell", "http2"),
    _ours("Shopbell, message rendered by Liquid", "http2+liquid"),
    _ours("Shopbell over libcurl", "curl"),
    _python("pywebpush webpush(), as documented", "webpush_loop", 25),
    _python("the same, trusting one authority", "webpush_loop", 100, all_authorities=False),
    _python(SESSION, "webpush_session", 400),
    _python("pywebpush webpush_async(), one session", "webpush_async_session", 600),
    _python(RUST, "webpush_rs", 600),
    Sender(NPM, ("node", str(PEERS / "web_push.mjs")), 600),
)
OURS: Final = SENDERS[0]
TARGETS: Final = ((SESSION, 7.0), (NPM, 8.5), (RUST, 2.7))


def run(sender: Sender, load: Path, to: Sink, pushes: int) -> Mapping[str, float]:
    """What the process said of itself; SystemExit unless the sink accepted every push."""
    bundle = str(to.bundle if sender.all_authorities else to.authority.ca_file)
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", ""),
        **dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), bundle),
        **{f"FUNCTION_VARIABLE_{place}": "x" * 24 for place in range(LAMBDA_VARIABLES)},
    }
    command = [*sender.command, str(load), str(pushes), str(to.authority.ca_file)]
    done = subprocess.run(
        command, env=variables, cwd=PROJECT, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode:
        raise SystemExit(f"{sender.name}: {done.stderr[-2_000:]}")
    said: Mapping[str, float] = json.loads(done.stdout.splitlines()[-1])
    if said["accepted"] != said["pushes"]:
        raise SystemExit(f"{sender.name}: {said['accepted']} of {said['pushes']} accepted")
    return said


def interleaved(load: Path, to: Sink, floor: Limit, rounds: int) -> Mapping[str, list[float]]:
    """Microseconds of CPU for a push, by sender and round."""
    costs: dict[str, list[float]] = {}
    jobs: dict[str, Callable[[], float]] = {LIMIT: floor.cost}
    jobs |= {one.name: partial(_cost, one, load, to) for one in SENDERS}
    for place in range(rounds):
        for name in random.sample(list(jobs), len(jobs)):
            costs.setdefault(name, []).append(jobs[name]())
        print(f"round {place + 1} of {rounds}, load average {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
    return costs


def _cost(sender: Sender, load: Path, to: Sink) -> float:
    return run(sender, load, to, sender.pushes)["cpu_us"]


def on_the_wire(load: Path, to: Sink, sender: Sender, folder: Path) -> tuple[float, float]:
    """Bytes up and down for a push, TLS included, connections too."""
    with relay(to.port) as counted:
        through = folder / "through.json"
        through.write_text(re.sub(rf"(https://127\.0\.0\.1):{to.port}\b", rf"\1:{counted.port}", load.read_text()))
        pushes = min(sender.pushes, 500)
        made = pushes + run(sender, through, to, pushes)["warm_up"]
        return counted.up / made, counted.down / made


def say(costs: Mapping[str, Sequence[float]], wire: Mapping[str, tuple[float, float]]) -> None:
    middle = {name: statistics.median(found) for name, found in costs.items()}
    own = middle[OURS.name]
    print("| sender | CPU µs per push | range | pushes per CPU-second | ours is faster by | bytes up | down |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name in sorted(middle, key=lambda one: middle[one]):
        found = [f"{middle[name]:,.0f}", f"{min(costs[name]):,.0f} to {max(costs[name]):,.0f}"]
        found += [f"{1e6 / middle[name]:,.0f}", f"{middle[name] / own:.2f}"]
        found += [f"{one:,.0f}" for one in wire.get(name, ())] or ["", ""]
        print(f"| {name} | {' | '.join(found)} |")
    for name, target in TARGETS:
        _target(f"{name}: {middle[name] / own:.1f} times, wanted {target}", good=middle[name] >= target * own)
    _target(f"{own / middle[LIMIT]:.2f} times the limit, wanted at most 2", good=own <= 2 * middle[LIMIT])


def _target(text: str, *, good: bool) -> None:
    print(f"{'reached' if good else 'MISSED'}  {text}")


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with sink(folder) as to:
            load = folder / "load.json"
            write_load(load, to.origin)
            costs = interleaved(load, to, limit(folder, load), rounds)
            say(costs, {one.name: on_the_wire(load, to, one, folder) for one in SENDERS})
            peak = run(OURS, load, to, 500)["peak_mb"]
            _target(f"peak memory {peak:.0f} MB for 500 recipients, wanted less than 150", good=peak < 150)
    loads = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{rounds} rounds, {os.cpu_count()} cores, load average at the end {loads}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
