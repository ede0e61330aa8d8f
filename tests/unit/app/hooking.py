"""A shop's webhooks in memory, with the use cases around them and a receiver that tests tell what to answer."""

from dataclasses import dataclass, field

from shopbell.adapters.memory.configuration import MemorySecrets
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.adapters.memory.webhooks import MemoryBus, MemoryHookDeliveries, MemoryReceiver, MemoryWebhooks
from shopbell.app.ends import End, Handed
from shopbell.app.webhooks.announce import AnnounceFlips
from shopbell.app.webhooks.deliver import Deliver
from shopbell.app.webhooks.manage import secret_name
from shopbell.app.webhooks.work import read_notice
from shopbell.domain.clock import SECOND, Duration
from shopbell.domain.ids import SegmentId, StoreId, VisitorId
from shopbell.domain.membership import Change, Flip, LogLine
from shopbell.domain.webhooks.hook import Deliveries, Webhook, WebhookId
from shopbell.domain.webhooks.notice import Notice
from shopbell.ports.webhooks import HookAnswer

from tests.unit.app.shop import NOON, STORE, Shop

VIP, LAPSED = SegmentId("vip"), SegmentId("lapsed")
SECRET = b"s" * 32


def webhook(name: str = "wh_1", *events: str, segments: tuple[SegmentId, ...] = ()) -> Webhook:
    wanted = events or ("segment.entered", "segment.exited")
    return Webhook(STORE, WebhookId(name), f"https://{name[3:]}.hooks.example/in", wanted, NOON, NOON, segments)


def line(visitor: str, change: Change = "entered", segment: SegmentId = VIP, version: int = 1) -> LogLine:
    return LogLine(VisitorId(visitor), Flip(segment, 3, change, NOON, f"event:{visitor}", "and.0"), version)


@dataclass
class Hooked:
    """`hidden` are segments that nobody sees."""

    shop: Shop = field(default_factory=Shop)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    receiver: MemoryReceiver = field(default_factory=MemoryReceiver)
    bus: MemoryBus = field(default_factory=MemoryBus)
    hidden: set[SegmentId] = field(default_factory=set)
    loopback: bool = False

    def __post_init__(self) -> None:
        world = self.shop.world
        self.hooks, self.went = MemoryWebhooks(world), MemoryHookDeliveries(world)
        self.secrets = MemorySecrets(world)

    def add(self, hook: Webhook) -> Webhook:
        self.hooks.save(hook, expected=None)
        for one in hook.secrets:
            self.secrets.put(secret_name(hook, one.number), SECRET + bytes([one.number]))
        return hook

    @property
    def announce(self) -> AnnounceFlips:
        return AnnounceFlips(self.hooks.all, lambda _, name: name not in self.hidden, self.queue, self.shop.clock)

    @property
    def deliver(self) -> Deliver:
        ports = (self.hooks, self.went, self.secrets, self.receiver, self.bus, self.queue)
        return Deliver(*ports, self.loopback, self.shop.clock, lambda: 0.5)

    def flip(self, *lines: LogLine, store: StoreId = STORE) -> list[Notice]:
        """The notices that came of it, taken from the queue."""
        self.announce([(store, one) for one in lines])
        return [read_notice(one.body) for one in self.queue.take()]

    def attempt(self, notice: Notice, status: int = 0) -> End:
        """0: no answer comes."""
        self.receiver.answer = lambda _: HookAnswer(status, None if status else "no answer in time")
        return self.deliver(notice, Handed())

    def put_back(self) -> tuple[Notice, Duration]:
        """What waits to be tried again, taken from the queue, and for how long."""
        (message,) = self.queue.take()
        notice = read_notice(message.body)
        wait = notice.due - self.shop.clock.now
        assert message.delay == min(900, -(-wait // SECOND))
        return notice, wait

    def deliveries(self, name: str = "wh_1") -> Deliveries:
        return self.went.of(STORE, WebhookId(name))
