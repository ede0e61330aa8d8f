"""The gates of a send: asked in a fixed order about facts read at that moment; the first that is closed says why."""

from shopbell.domain.gates.asking import sending_of, zones
from shopbell.domain.gates.audience import audience_left, exited
from shopbell.domain.gates.moment import Moment, Sending
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
    "audience_left",
    "closed",
    "exited",
    "explained",
    "over",
    "sending_of",
    "told",
    "verdict",
    "verdict_on",
    "zones",
]
