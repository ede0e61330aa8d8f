"""The whole `send` function: SQS event in, people read, gates asked, words rendered, sealed, posted, all recorded.

AWS is a process of its own that answers from memory, so that botocore's part is real; the push service is a sink
over TLS on loopback, or nobody at all, which leaves the posting out. CPU time is this process's alone.
"""

import argparse
import cProfile
import io
import json
import os
import pstats
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from shopbell.adapters.webpush.codec import Aes128GcmCodec
from shopbell.adapters.webpush.openssl import quickest
from shopbell.app.work import chunk_message
from shopbell.domain.push.values import PushAnswer, PushRequest, ReceiverKeys
from shopbell.domain.runs import CHUNK_SIZE, Chunk, Run

from benchmarks.worker_load import ENVIRONMENT, Crowd, fill, point
from benchmarks.worker_table import canned

CHUNKS: Final = 2
"""A batch may hold 8; what one invocation costs besides is little, and the machine is for others too."""
NOWHERE: Final = "https://push.example"
"""Where there is no sink: a push service that is admitted, and never dialled."""
PUSHES: Final = CHUNKS * CHUNK_SIZE


class Nobody:
    """A push service that takes everything at once."""

    def post(self, requests: Sequence[PushRequest]) -> Iterator[tuple[int, PushAnswer]]:
        for place, _ in enumerate(requests):
            yield place, PushAnswer(201)


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU and wall seconds of one invocation."""

    cpu: float
    wall: float

    @property
    def rate(self) -> float:
        return PUSHES / self.cpu


def event_of(run: Run, crowd: Crowd, number: int) -> dict[str, Any]:
    """One batch of chunks that no ledger knows yet."""
    people = crowd.recipients
    chunks = [
        Chunk(
            run.store,
            run.id,
            f"000-{number * CHUNKS + place:06d}-bench",
            crowd.service,
            tuple(people[(place * CHUNK_SIZE + seat) % len(people)] for seat in range(CHUNK_SIZE)),
        )
        for place in range(CHUNKS)
    ]
    return {"Records": [_record(place, chunk) for place, chunk in enumerate(chunks)]}


def _record(place: int, chunk: Chunk) -> dict[str, Any]:
    return {
        "messageId": f"m{place}",
        "receiptHandle": f"r{place}",
        "body": json.dumps(chunk_message(chunk).body),
        "attributes": {"ApproximateReceiveCount": "1", "ApproximateFirstReceiveTimestamp": str(run_now())},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:send",
        "awsRegion": "eu-central-1",
    }


def run_now() -> int:
    return time.time_ns() // 1_000_000


class Worker:
    """A warm worker."""

    def __init__(self, *, posts: bool) -> None:
        from shopbell.runtime import wiring  # noqa: PLC0415

        from functions.send.handler import handler  # noqa: PLC0415 - after the environment is set

        wired = wiring.posting()
        if not posts:
            chunk = replace(wired.chunk, post=replace(wired.chunk.post, transport=Nobody()))
            wired = replace(wired, chunk=chunk)
        self._handler, self._posting = handler, wired

    def __call__(self, event: dict[str, Any]) -> Spent:
        context = SimpleNamespace(aws_request_id="bench", get_remaining_time_in_millis=lambda: 600_000)
        said = io.StringIO()
        cpu, wall = time.process_time(), time.perf_counter()
        with redirect_stdout(said):
            answer = self._handler(event, context, self._posting)
        spent = Spent(time.process_time() - cpu, time.perf_counter() - wall)
        if answer["batchItemFailures"] or _accepted(said.getvalue()) != PUSHES:
            raise SystemExit(f"not everything was sent: {said.getvalue()[-2000:]}")
        return spent


def _accepted(said: str) -> int:
    """So many pushes as the function counts itself."""
    lines = [json.loads(line) for line in said.splitlines() if '"_aws"' in line]
    return int(sum(number for line in lines for number in line.get("accepted", ())))


def measured(worker: Worker, run: Run, crowd: Crowd, rounds: int, first: int) -> list[Spent]:
    worker(event_of(run, crowd, first))
    return [worker(event_of(run, crowd, first + number)) for number in range(1, rounds + 1)]


def told(name: str, found: Sequence[Spent]) -> str:
    rates = sorted(one.rate for one in found)
    middle = statistics.median(rates)
    return (
        f"{name:<44} {middle:>7,.0f} pushes a CPU-second ({rates[0]:,.0f} to {rates[-1]:,.0f}), "
        f"{1e6 / middle:,.0f} µs of CPU each"
    )


def sealing() -> float:
    """µs of CPU to seal one message: what other figures are to be held against on a machine that is shared."""
    codec, keys = Aes128GcmCodec(quickest()), [ReceiverKeys(point(), bytes(16)) for _ in range(CHUNK_SIZE)]
    codec.encrypt([bytes(500)] * CHUNK_SIZE, keys)
    began = time.process_time()
    codec.encrypt([bytes(500)] * CHUNK_SIZE, keys)
    return (time.process_time() - began) / CHUNK_SIZE * 1e6


def profiled(worker: Worker, event: dict[str, Any]) -> str:
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    worker(event)
    profile.disable()
    lines = io.StringIO()
    pstats.Stats(profile, stream=lines).sort_stats("cumulative").print_stats(70)
    pstats.Stats(profile, stream=lines).sort_stats("tottime").print_stats(45)
    return lines.getvalue()


def main(rounds: int, *, profile: bool) -> None:
    with ExitStack() as stack:
        address = stack.enter_context(canned())
        os.environ.update(ENVIRONMENT, AWS_ENDPOINT_URL=address, SHOPBELL_EXTRA_PUSH_HOSTS=NOWHERE)
        sink = _sink(stack)
        sys.stdout.write(f"sealing alone: {sealing():,.0f} µs of CPU each, as busy as the machine is now\n")
        crowd, runs = fill(sink or NOWHERE)
        worker = Worker(posts=False)
        for place, (name, run) in enumerate(runs.items()):
            found = measured(worker, run, crowd, rounds, 1_000 * place)
            sys.stdout.write(told(f"{name}, nobody to post to", found) + "\n")
            if profile:
                sys.stdout.write(profiled(worker, event_of(run, crowd, 1_000 * place + 900)))
        if sink:
            posting = Worker(posts=True)
            for place, (name, run) in enumerate(runs.items()):
                found = measured(posting, run, crowd, rounds, 100_000 + 1_000 * place)
                sys.stdout.write(told(f"{name}, posted to a sink over TLS", found) + "\n")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stdout.write(f"{CHUNKS} chunks of {CHUNK_SIZE} an invocation, {rounds} invocations, peak {peak} MiB\n")


def _sink(stack: ExitStack) -> str | None:
    """Its origin, and the settings that lead there; None where there is no nginx."""
    from benchmarks.peers.sink import sink  # noqa: PLC0415

    if not Path("/usr/sbin/nginx").exists():
        return None
    to = stack.enter_context(sink(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
    os.environ.update(SHOPBELL_EXTRA_PUSH_HOSTS=to.origin, SHOPBELL_PUSH_CA=str(to.bundle))
    return to.origin


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--profile", action="store_true", help="print where the time goes")
    given = asked.parse_args()
    main(given.rounds, profile=given.profile)
