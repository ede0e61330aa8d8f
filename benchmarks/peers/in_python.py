"""The other Python senders, each by its best documented use: in_python.py SENDER LOAD PUSHES.

Runs in an environment of its own (requirements/bench.lock) that knows nothing of Shopbell.
"""

import asyncio
import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

AT_ONCE = 64
WARM_UP = 50
HEADERS = {"urgency": "normal", "topic": "abcdefghijklmnopqrstuvwxyz123456"}
TTL = 86_400

Result = dict[str, float]
Load = dict[str, Any]


def spent() -> float:
    """CPU seconds of this process and its children."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def warm_up(pushes: int) -> int:
    """So many pushes before those that are measured."""
    return min(WARM_UP, pushes // 4)


def result(cpu: float, pushes: int, accepted: int) -> Result:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    return {
        "cpu_us": cpu / pushes * 1e6,
        "pushes": pushes,
        "accepted": accepted,
        "peak_mb": peak,
        "warm_up": warm_up(pushes),
    }


def in_turn(one: Callable[[int], bool], pushes: int) -> Result:
    """One after another, measured once it is warm."""
    for place in range(warm_up(pushes)):
        one(place)
    start = spent()
    accepted = sum(one(place) for place in range(pushes))
    return result(spent() - start, pushes, accepted)


def arguments(load: Load, place: int) -> dict[str, Any]:
    """Of webpush() and webpush_async(); the claims are a fresh dict each time, because they write into it."""
    return {
        "subscription_info": load["subscriptions"][place % len(load["subscriptions"])],
        "data": load["payloads"][place % len(load["payloads"])],
        "vapid_private_key": load["vapid_private"],
        "vapid_claims": {"sub": load["subject"]},
        "ttl": TTL,
        "headers": dict(HEADERS),
    }


def webpush_loop(load: Load, pushes: int) -> Result:
    from pywebpush import webpush  # noqa: PLC0415 - each sender imports what it needs, and no more

    return in_turn(lambda place: webpush(**arguments(load, place)).status_code == 201, pushes)


def webpush_session(load: Load, pushes: int) -> Result:
    import requests  # noqa: PLC0415
    from pywebpush import webpush  # noqa: PLC0415

    session = requests.Session()
    return in_turn(
        lambda place: webpush(**arguments(load, place), requests_session=session).status_code == 201, pushes
    )


def webpush_async_session(load: Load, pushes: int) -> Result:
    import aiohttp  # noqa: PLC0415
    from pywebpush import webpush_async  # noqa: PLC0415

    async def many(session: aiohttp.ClientSession, count: int) -> int:
        places = iter(range(count))

        async def worker() -> int:
            accepted = 0
            for place in places:
                answer = await webpush_async(**arguments(load, place), aiohttp_session=session)
                accepted += answer.status == 201
            return accepted

        return sum(await asyncio.gather(*(worker() for _ in range(AT_ONCE))))

    async def run() -> Result:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:
            await many(session, warm_up(pushes))
            start = spent()
            accepted = await many(session, pushes)
            return result(spent() - start, pushes, accepted)

    return asyncio.run(run())


def webpush_rs(load: Load, pushes: int) -> Result:
    import webpush_rs as rust  # type: ignore[import-not-found] # noqa: PLC0415

    def one(place: int) -> bool:
        given = arguments(load, place)
        to = given["subscription_info"]
        keys, payload = to["keys"], given["data"].encode()
        status = rust.send_one(
            to["endpoint"], keys["p256dh"], keys["auth"], load["vapid_private"], load["subject"], payload
        )
        return bool(status == 201)

    return in_turn(one, pushes)


SENDERS = {one.__name__: one for one in (webpush_loop, webpush_session, webpush_async_session, webpush_rs)}

if __name__ == "__main__":
    print(json.dumps(SENDERS[sys.argv[1]](json.loads(Path(sys.argv[2]).read_text()), int(sys.argv[3]))))
