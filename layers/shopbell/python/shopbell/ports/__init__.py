"""What the use cases need of the world, as Protocols written for their callers; every one has a memory twin."""

from collections.abc import Callable

from shopbell.ports.audit import AuditTrail
from shopbell.ports.coupons import CouponClaims, CouponCodes, CouponHolders, CouponPools
from shopbell.ports.definitions import (
    Assortment,
    Campaigns,
    Catalogue,
    FoldSettings,
    Keys,
    Scenarios,
    Secrets,
    SegmentPast,
    Segments,
    Stockroom,
    Stores,
)
from shopbell.ports.demand import DemandCounters, Tops
from shopbell.ports.dispatches import Dispatches
from shopbell.ports.goods import Timers, Watch
from shopbell.ports.jobs import Files, Jobs, RemovedFiles, Uploads
from shopbell.ports.lately import LatelyNoted
from shopbell.ports.limits import CallCounts
from shopbell.ports.lists import LineUploads, ListMembers, Lists
from shopbell.ports.once import OnceCalls
from shopbell.ports.paging import Page
from shopbell.ports.personal import Holdings, Tombstones
from shopbell.ports.schedules import OwnSchedules
from shopbell.ports.sending import (
    Counters,
    Message,
    PacedRuns,
    PushCodec,
    PushTransport,
    Queue,
    RunProgress,
    Runs,
    Sends,
)
from shopbell.ports.triggers import OwnTriggers
from shopbell.ports.vapid import KeyRow, KeyUses, SubscriptionRegister
from shopbell.ports.visitors import Aliases, Candidates, DueIndex, Events, Memberships, Subscriptions, Visitors

RandomBytes = Callable[[int], bytes]
"""The source of randomness, handed in: so many bytes."""

__all__ = [
    "Aliases",
    "Assortment",
    "AuditTrail",
    "CallCounts",
    "Campaigns",
    "Candidates",
    "Catalogue",
    "Counters",
    "CouponClaims",
    "CouponCodes",
    "CouponHolders",
    "CouponPools",
    "DemandCounters",
    "Dispatches",
    "DueIndex",
    "Events",
    "Files",
    "FoldSettings",
    "Holdings",
    "Jobs",
    "KeyRow",
    "KeyUses",
    "Keys",
    "LatelyNoted",
    "LineUploads",
    "ListMembers",
    "Lists",
    "Memberships",
    "Message",
    "OnceCalls",
    "OwnSchedules",
    "OwnTriggers",
    "PacedRuns",
    "Page",
    "PushCodec",
    "PushTransport",
    "Queue",
    "RandomBytes",
    "RemovedFiles",
    "RunProgress",
    "Runs",
    "Scenarios",
    "Secrets",
    "SegmentPast",
    "Segments",
    "Sends",
    "Stockroom",
    "Stores",
    "SubscriptionRegister",
    "Subscriptions",
    "Timers",
    "Tombstones",
    "Tops",
    "Uploads",
    "Visitors",
    "Watch",
]
