"""Where the name of an address leads, asked when a webhook is made: who does it is told at once."""

import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from typing import Final
from urllib.parse import urlsplit

from shopbell.domain.webhooks.addresses import is_public

PATIENCE: Final = 2.0
"""Seconds; who is slower is looked at when it is posted to."""


def leads_to_public(url: str) -> bool:
    """False if one of the name's addresses is not public; True also where it has none, or none in time.

    It is a courtesy: what protects is the check of the connection itself.
    """
    host = urlsplit(url).hostname or ""
    asking = ThreadPoolExecutor(1, thread_name_prefix="name")
    try:
        found = asking.submit(socket.getaddrinfo, host, 443, type=socket.SOCK_STREAM).result(PATIENCE)
    except (OSError, TooLong, UnicodeError):
        return True
    finally:
        asking.shutdown(wait=False, cancel_futures=True)
    return all(is_public(str(address[0])) for *_, address in found)
