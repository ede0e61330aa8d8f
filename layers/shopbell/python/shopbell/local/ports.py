"""Ports on loopback: the wanted one, or the next that is free."""

import socket
from typing import Final

from shopbell.local.options import Port

LOOPBACK: Final = "127.0.0.1"
_TRIES: Final = 50


class PortTakenError(RuntimeError):
    """A port that was asked for by number is in use."""


def choose(port: Port) -> int:
    """A free port: any for 0, the number itself, or, where it is not fixed, the first free one after it."""
    if port.number == 0:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            return int(probe.getsockname()[1])
    candidates = range(port.number, port.number + (1 if port.fixed else _TRIES))
    for number in candidates:
        if _free(number):
            return number
    raise PortTakenError(f"port {port.number} is in use")


def _free(number: int) -> bool:
    with socket.socket() as probe:
        # As a server does: a port whose old connections are still closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, number))
        except OSError:
            return False
        return True
