"""May a campaign start: is it whole, in time, of the size that its sender expects, and has a second person agreed?"""

import hashlib
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.management.campaigns.estimate import EstimateCampaign
from shopbell.app.management.campaigns.sizing import check_sized
from shopbell.app.management.campaigns.texts import check_sendable
from shopbell.app.management.campaigns.write import found
from shopbell.app.management.changes import check_revision, check_saved
from shopbell.domain.campaigns import Action, Approval, Campaign
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import Conflict, Forbidden
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.sampling import Estimate
from shopbell.ports import Campaigns, Stores

TOLERANCE: Final = 10
"""Per cent by which an audience may differ from what was expected of it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that starts a campaign. `by`: the key that calls."""

    action: Action
    digest: str
    """Of the body."""
    request: str | None = None
    """Its Idempotency-Key."""
    by: str | None = None
    expected_audience: int | None = None
    revision: int | None = None
    """That the caller has read."""


@dataclass(frozen=True, slots=True)
class Admit:
    campaigns: Campaigns
    stores: Stores
    estimate: EstimateCampaign
    now: Clock

    def repeated(self, stored: Campaign, asked: Asked) -> bool:
        """Whether that very call was made before. Conflict where its key was used for something else."""
        if asked.request is None or asked.request != stored.send_key:
            return False
        if stored.send_body is not None and stored.send_body != asked.digest:
            raise Conflict("This Idempotency-Key has been used for a call that says something else.")
        return True

    def draft(self, store: StoreId, name: CampaignId, asked: Asked) -> tuple[Campaign, bool]:
        """As stored, and whether that very call was made before. Conflict where it is no draft any more, or where
        what came of that call was taken back since.
        """
        stored = found(self.campaigns, store, name)
        if self.repeated(stored, asked):
            if stored.status == "draft" and not waits(stored.approval):
                raise Conflict("The campaign was changed since this Idempotency-Key was used: use another one.")
            return stored, True
        if stored.status != "draft":
            raise Conflict(f"It is {stored.status}: a campaign is sent once.")
        check_revision(stored.revision, asked.revision)
        return stored, False

    def __call__(self, campaign: Campaign, asked: Asked, at: Instant) -> Approval | None:
        """None: it may start. Otherwise what a second person is to agree to.

        `at`: when it starts. Rejected where its last messages would come too late, Conflict for anything else that
        stands in the way.
        """
        store = self.stores.get(campaign.store)
        if store is None:
            raise Conflict("The store is gone.")
        check_sendable(campaign, store)
        check_sized(campaign, store.approve_over, self.estimate.see.survey, self.now())
        reached = self.estimate.check(campaign, at, store.approve_over).reachable
        given = campaign.approval
        if reached.high <= store.approve_over:
            return None if waits(given) else given
        _check_expected(reached, asked.expected_audience)
        if given is not None and not waits(given):
            return given
        return None if store.approval == "none" else _to_approve(asked, reached, self.now())

    def hold(self, stored: Campaign, wanted: Campaign, asked: Asked, approval: Approval) -> Campaign:
        """It stays a draft, and says what it waits for."""
        held = replace(
            wanted,
            status="draft",
            approval=approval,
            send_key=asked.request,
            send_body=asked.digest,
            updated_at=self.now(),
            revision=stored.revision + 1,
        )
        check_saved(saved=self.campaigns.save(held, expected=stored.revision))
        return held


def digest_of(action: str, said: str) -> str:
    """The same for the same body of the same call."""
    return hashlib.sha256(f"{action}\n{said}".encode()).hexdigest()[:16]


def waits(approval: Approval | None) -> bool:
    """Whether somebody is still to agree."""
    return approval is not None and approval.open


def _to_approve(asked: Asked, reached: Estimate, now: Instant) -> Approval:
    if asked.by is None:
        raise Forbidden("A key that is not known by name cannot ask for approval.")
    return Approval(asked.action, asked.by, now, reached.value, at_most=None if reached.exact else reached.high)


def _check_expected(reached: Estimate, expected: int | None) -> None:
    """Any number that may be the true one, as far as is known, is as good as the likeliest."""
    if expected is None:
        raise Conflict(f"It would reach {_said(reached)}: say `expected_audience` to send it to so many.")
    near = abs(expected - reached.value) * 100 <= reached.value * TOLERANCE
    if not near and not reached.low <= expected <= reached.high:
        raise Conflict(f"It would reach {_said(reached)}, not about {expected} as expected.")


def _said(reached: Estimate) -> str:
    if reached.exact:
        return f"{reached.value} people"
    return f"about {reached.value} people (from {reached.low} to {reached.high}, as a sample says)"
