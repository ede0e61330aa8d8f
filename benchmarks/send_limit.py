"""The limit: the same encryption in C on OpenSSL, then the same requests by nghttp2's own client."""

import json
import os
import resource
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).parent / "peers" / "limit.c"
MESSAGES: Final = 5_000
REQUESTS: Final = 20_000
STREAMS: Final = 100
OVERHEAD: Final = 103
"""Bytes that encryption adds."""


@dataclass(frozen=True, slots=True)
class Limit:
    program: Path
    h2load: tuple[str, ...]

    def cost(self) -> float:
        """Microseconds of CPU for one push: encrypted, sent, its answer read."""
        done = subprocess.run([self.program, str(MESSAGES)], capture_output=True, text=True, check=True)
        return float(done.stdout) / MESSAGES * 1e6 + self._posted()

    def _posted(self) -> float:
        before = _children()
        done = subprocess.run(self.h2load, capture_output=True, text=True, check=True)
        if f"{REQUESTS} succeeded" not in done.stdout:
            raise SystemExit(f"h2load: {done.stdout}")
        return (_children() - before) / REQUESTS * 1e6


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def limit(folder: Path, load: Path) -> Limit:
    """Compiled here, for this machine."""
    program, body = folder / "limit", folder / "message"
    flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-Wno-deprecated-declarations"]
    subprocess.run(["cc", *flags, str(SOURCE), "-o", str(program), "-lcrypto"], check=True)
    given = json.loads(load.read_text())
    sizes = [len(one) for one in given["payloads"]]
    body.write_bytes(os.urandom(sum(sizes) // len(sizes) + OVERHEAD))
    headers = {
        "authorization": f"vapid t={'x' * 220}, k={given['vapid_public']}",
        "ttl": "86400",
        "urgency": "normal",
        "topic": "a" * 32,
        "content-type": "application/octet-stream",
        "content-encoding": "aes128gcm",
    }
    lines = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    amount = ["-n", str(REQUESTS), "-c", "1", "-m", str(STREAMS), "-t", "1"]
    return Limit(program, ("h2load", *amount, "-d", str(body), *lines, given["subscriptions"][0]["endpoint"]))
