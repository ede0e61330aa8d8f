"""A broadcast through the whole local stage to a push service that checks everything."""

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import urllib3
from shopbell.app.founding import NO_LIMITS
from shopbell.local.host import running
from shopbell.local.options import HostOptions
from shopbell.local.pushd.remote import Remote
from shopbell.local.session import LocalSession
from shopbell.local.stores import StoreAccess, create

PROJECT: Final = Path(__file__).parents[1]
SHARDS: Final = 64
MIX: Final[Mapping[str, int]] = {"fcm": 80, "apple": 8, "wns": 6, "mozilla": 6}
"""Of a hundred subscriptions: the assumption of docs/scale.md, its other 1 % with Mozilla's."""
CALLERS: Final = 8
EVERY: Final = 0.5
"""Seconds between two looks at the report."""
CONTENT: Final = {
    "title": "The new boots are in",
    "body": "Hello {{ visitor.traits.city | default: 'there' }}: have a look before they are gone.",
    "url": "http://127.0.0.1/boots",
}


class CallFailedError(RuntimeError):
    """The public API said no."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The public HTTP API with one key at a time."""

    url: str
    http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(maxsize=CALLERS, retries=False))

    def __call__(self, key: str, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        reply = self.http.request(method, self.url + path, body=data, headers=headers, timeout=120)
        if reply.status >= 300:
            raise CallFailedError(f"{method} {path} answered {reply.status}: {reply.data.decode(errors='replace')}")
        return json.loads(reply.data) if reply.data else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a broadcast came to. `ends` adds up the report; `posted` is what the push service saw."""

    report: Mapping[str, Any]
    seconds: float
    subscribed: int
    posted: Mapping[str, Any]
    times: Mapping[int, int]
    """How many subscriptions got it once, twice, and so on."""
    strangers: int
    """Messages at subscriptions that are none of this store's."""
    dead: int
    """Messages on dead-letter queues and parked."""

    @property
    def ends(self) -> int:
        said = self.report
        return int(said["accepted"] + said["failed"] + said["retired"] + sum(said["skipped"].values()))


@dataclass(frozen=True, slots=True)
class Stage:
    """A machine that runs, a store of 64 shards in it, and the push service that it sends to."""

    session: LocalSession
    push: Remote
    access: StoreAccess
    call: Caller

    @property
    def manager(self) -> str:
        return self.access.keys.management_key

    def subscribe(
        self, people: int, progress: Callable[[int], None] = lambda _: None, only: str | None = None
    ) -> list[str]:
        """As a storefront does it, one call for each browser; the ids at the push service. `only`: there."""
        wanted, made = mixed(people) if only is None else {only: people}, list[Any]()
        for service, count in wanted.items():
            made += self.push.subscribe(service, self.access.keys.vapid_public_key, count)

        def put(number: int) -> None:
            given = {"endpoint": made[number]["endpoint"], "keys": made[number]["keys"]}
            visitor = {"visitor_id": f"visitor-{number:05d}", "subscription": given}
            self.call(self.access.keys.publishable_key, "POST", "/v1/subscriptions", visitor)

        with ThreadPoolExecutor(CALLERS) as pool:
            for number, _ in enumerate(pool.map(put, range(people)), 1):
                progress(number)
        return [one["id"] for one in made]

    def broadcast(self, ids: Sequence[str], patience: float, progress: Callable[[Any], None]) -> Outcome:
        """One campaign to everyone; TimeoutError if it is not over in so many seconds."""
        wanted = {"name": "Boots", "audience": {}, "content": CONTENT}
        campaign = self.call(self.manager, "POST", "/v1/campaigns", wanted)["id"]
        began = time.monotonic()
        self.call(self.manager, "POST", f"/v1/campaigns/{campaign}/send")
        while not (report := self._report(campaign))["finished"]:
            progress(report)
            if time.monotonic() - began > patience:
                raise TimeoutError(f"not over after {patience:.0f} s: {report}")
            time.sleep(EVERY)
        seconds = time.monotonic() - began
        got = list(self.push.messages())
        times = Counter(one["times"] for one in got)
        strangers = len({one["subscription"] for one in got} - {*ids})
        return Outcome(report, seconds, len(ids), self.push.summary(), times, strangers, self._dead())

    def _report(self, campaign: str) -> dict[str, Any]:
        # the state first: what is read after the end is the whole
        status = self.call(self.manager, "GET", f"/v1/campaigns/{campaign}")["status"]
        said = self.call(self.manager, "GET", f"/v1/campaigns/{campaign}/report")
        return {**said, "finished": status == "sent"}

    def _dead(self) -> int:
        sqs, found = self.session.client("sqs"), 0
        for url in sqs.list_queues()["QueueUrls"]:
            name = url.rpartition("/")[2].lower()
            if "dead" in name or "parked" in name:
                names = ["ApproximateNumberOfMessages"]
                found += int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"][names[0]])
        return found


@contextmanager
def staged(state: Path, push: Remote, *, enforce_iam: bool = True) -> Iterator[Stage]:
    """A machine whose synthesis was told of the push service (ruling 39)."""
    before = {name: os.environ.get(name) for name in push.environment}
    os.environ.update(push.environment)
    try:
        with running(HostOptions(PROJECT, state, persist=False, enforce_iam=enforce_iam)) as session:
            access = create(session, "Broadcast", shards=SHARDS, limits=NO_LIMITS)
            yield Stage(session, push, access, Caller(access.api_url))
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def mixed(people: int) -> dict[str, int]:
    """How many at each service; together exactly so many."""
    counts = {service: people * share // 100 for service, share in MIX.items()}
    counts["fcm"] += people - sum(counts.values())
    return {service: count for service, count in counts.items() if count}
