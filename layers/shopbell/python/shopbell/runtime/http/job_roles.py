"""Who may look at long work and call it off: whoever could have begun it."""

from collections.abc import Mapping
from typing import Final

from shopbell.app.catalogue.feeds import LOAD_FEED
from shopbell.app.coupons.exporting import EXPORT_CODES
from shopbell.app.coupons.filling import FILL_POOL
from shopbell.app.exporting import EXPORT_MEMBERS
from shopbell.app.filling import FILL_LIST
from shopbell.app.importing.start import IMPORT_SUBSCRIPTIONS
from shopbell.app.privacy.erase import ERASE_VISITOR
from shopbell.app.privacy.export import EXPORT_VISITOR
from shopbell.app.scenarios.dryrun_all import DRY_RUN
from shopbell.domain.errors import Forbidden
from shopbell.domain.jobs import Job
from shopbell.domain.store import Role
from shopbell.runtime.http.operation import admitted_role

BEGUN_BY: Final[Mapping[str, Role]] = {
    EXPORT_MEMBERS: "viewer",
    DRY_RUN: "viewer",
    FILL_LIST: "marketer",
    FILL_POOL: "marketer",
    EXPORT_CODES: "marketer",
    LOAD_FEED: "marketer",
    IMPORT_SUBSCRIPTIONS: "admin",
    EXPORT_VISITOR: "admin",
    ERASE_VISITOR: "admin",
}
"""By kind of job the least role of the call that begins it; one that is not named here is for admins."""


def check_role(job: Job, held: Role | None) -> None:
    """Forbidden for a role that could not have begun it: its file would show what that role may not see."""
    wanted = BEGUN_BY.get(job.kind, "admin")
    if not admitted_role(held, wanted):
        raise Forbidden(f"A job of this kind takes a key of role {wanted}; this one is {held}.")
