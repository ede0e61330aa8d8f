"""Deliver one notice, signed to an address that is checked anew, or to the bus: for a day, then it is given up."""

from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.ends import Done, End, Handed, Uniform, back_off
from shopbell.app.webhooks.manage import secret_name
from shopbell.app.webhooks.work import notice_message
from shopbell.domain.clock import HOUR, MINUTE, SECOND, Clock, Duration, Instant
from shopbell.domain.errors import NotFound
from shopbell.domain.retry_after import retry_after
from shopbell.domain.webhooks.addresses import check_address
from shopbell.domain.webhooks.hook import Attempt, Deliveries, Webhook
from shopbell.domain.webhooks.notice import GIVE_UP, Notice
from shopbell.domain.webhooks.signing import headers
from shopbell.ports import Queue, Secrets
from shopbell.ports.webhooks import HookAnswer, HookBus, HookDeliveries, HookTransport, Webhooks

SLOW: Final[Duration] = 2 * SECOND
"""An answer that takes longer lets the webhook rest for as long as it took: others wait for our workers too."""
FIRST_PAUSE: Final[Duration] = 10 * SECOND
LONGEST_PAUSE: Final[Duration] = 15 * MINUTE
SPREAD: Final[Duration] = 5 * SECOND
"""The least over which those come back who waited for the same pause to end."""
SHARE: Final = 4
"""What waits for a webhook that rests comes back after a quarter of its own age: so often in a day is bounded."""
_GONE: Final = 410
_SUCCESS: Final = range(200, 300)
_REDIRECT: Final = range(300, 400)


@dataclass(frozen=True, slots=True)
class Deliver:
    """Queue `webhook`. At least once: a repeat has the same id, by which its receiver knows it.

    What has to wait goes on the queue as a new message before this one ends. One that was given back instead would
    count its receipts towards the dead letters and its age towards the alarm, and be one of the 120,000 that a queue
    holds out at once for all webhooks together.
    """

    hooks: Webhooks
    deliveries: HookDeliveries
    secrets: Secrets
    transport: HookTransport
    bus: HookBus
    queue: Queue
    loopback: bool
    now: Clock
    uniform: Uniform

    def __call__(self, notice: Notice, _: Handed) -> End:
        """Raises Unavailable when a dependency of ours failed."""
        now = self.now()
        if notice.due > now:
            return self._again(notice, notice.due - now, "not_due")
        hook = self.hooks.get(notice.store, notice.webhook)
        if hook is None:
            return Done({"webhook_gone": 1})
        if not hook.enabled and not notice.is_test:
            return self._switched_off(hook, notice, now)
        before = self.deliveries.of(hook.store, hook.id)
        if before.paused_until > now and not notice.is_test:
            return self._rests(notice, before.paused_until - now, now, "webhook_paused")
        return self._tried(hook, notice, before)

    def _switched_off(self, hook: Webhook, notice: Notice, now: Instant) -> End:
        """What its owner switched off may be on again within the day; one that answered 410 is gone."""
        if hook.stopped is None:
            return self._rests(notice, 0, now, "webhook_off")
        self.deliveries.give_up(notice.store, notice.webhook)
        return Done({"webhook_disabled": 1, "webhook_given_up": 1})

    def _rests(self, notice: Notice, pause: Duration, now: Instant, reason: str) -> End:
        """Whoever's day is over while it rests goes without a last attempt: thousands may be, ten seconds each."""
        if (age := now - notice.at) >= GIVE_UP:
            self.deliveries.give_up(notice.store, notice.webhook)
            return Done({"webhook_given_up": 1})
        wait = max(pause, SPREAD, min(age // SHARE, LONGEST_PAUSE))
        spread = int(max(SPREAD, wait // SHARE) * self.uniform())
        return self._again(notice, min(wait + spread, LONGEST_PAUSE), reason)

    def _again(self, notice: Notice, wait: Duration, reason: str) -> Done:
        """The day's end is not passed over."""
        now = self.now()
        wait = max(SECOND, min(wait, notice.at + GIVE_UP - now))
        self.queue.send([notice_message(replace(notice, due=now + wait), wait)])
        return Done({f"later_{reason}": 1})

    def _tried(self, hook: Webhook, notice: Notice, before: Deliveries) -> End:
        started = self.now()
        answer = self._post(hook, notice, started)
        now, error = self.now(), _error(answer)
        if error is None:
            rest = answer.took if answer.took > SLOW else 0
            self.deliveries.note(hook.store, hook.id, Attempt(now, answer.status, pause=rest))
            return Done({"webhook_delivered": 1})
        if answer.status == _GONE:
            self._disable(hook)
        last = notice.is_test or answer.status == _GONE or now - notice.at >= GIVE_UP
        asked = retry_after(answer.headers, now, HOUR) or 0
        failed = Attempt(now, answer.status or None, error, _pause(before, now, asked), given_up=last)
        self.deliveries.note(hook.store, hook.id, failed)
        if last:
            return Done({"webhook_failed": 1, "webhook_given_up": 1})
        trouble = Handed(notice.tried + 1, now - notice.at)
        wait = back_off(trouble, self.uniform, at_least=asked)
        end = self._again(replace(notice, tried=notice.tried + 1), wait, "webhook_failed")
        return Done({**end.counts, "webhook_failed": 1})

    def _post(self, hook: Webhook, notice: Notice, now: Instant) -> HookAnswer:
        if hook.event_bus:
            return self.bus.put(notice)
        try:
            url = check_address(hook.url, loopback=self.loopback)
            secrets = [self.secrets.get(secret_name(hook, number)) for number in hook.signing(now)]
        except ValueError:
            return HookAnswer(0, "refused")
        except NotFound:
            return HookAnswer(0, "no secret")
        body = notice.body
        return self.transport.post(url, headers(secrets, notice.id, now, body), body)

    def _disable(self, hook: Webhook) -> None:
        """The receiver says that it is gone for good; of two who notice it at once either will do."""
        stopped = replace(hook, enabled=False, stopped="answered 410 Gone", revision=hook.revision + 1)
        self.hooks.save(replace(stopped, changed_at=self.now()), expected=hook.revision)


def _error(answer: HookAnswer) -> str | None:
    """Why it counts as failed, in words of ours; None: it was taken."""
    if answer.status in _SUCCESS:
        return None
    if answer.status in _REDIRECT:
        return f"answered {answer.status}: redirects are not followed"
    return f"answered {answer.status}" if answer.status else answer.failure or "reset"


def _pause(before: Deliveries, now: Instant, asked: Duration) -> Duration:
    """A quarter of the time that it has been failing for, or what it asks for if that is longer.

    Whatever waits, a dead address is asked now and then.
    """
    since = now if before.failing_since is None else before.failing_since
    return max(FIRST_PAUSE, min(max((now - since) // 4, asked), LONGEST_PAUSE))
