"""The gates of a send: asked in a fixed order about facts read at that moment; the first that is closed says why."""

from shopbell.domain.gates.asking import sending_of, zones
from shopbell.domain.gates.audience import audience_left, exited
from shopbell.domain.gates.moment import Moment, Sending, about
from shopbell.domain.gates.moot import left_to_ask
from shopbell.domain.gates.order import GATES, Gate, Told, closed, explained, over, told, verdict, verdict_on
from shopbell.domain.gates.verdict import OPEN, Defer, Open, Skip, Verdict

__all__ = [
    "GATES",
    "OPEN",
    "Defer",
    "Gate",
    "Moment",
    "Open",
    "Sending",
    "Skip",
    "Told",
    "Verdict",
    "about",
    "audience_left",
    "closed",
    "exited",
    "explained",
    "left_to_ask",
    "over",
    "sending_of",
    "told",
    "verdict",
    "verdict_on",
    "zones",
]
