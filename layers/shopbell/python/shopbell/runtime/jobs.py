"""Long work with everything that its workers need; made at the first message that names a job."""

from functools import cache

from shopbell.adapters.dynamo.events import DynamoEvents
from shopbell.adapters.dynamo.jobs import DynamoJobs
from shopbell.adapters.dynamo.lists import DynamoListMembers, DynamoLists, DynamoListUploads
from shopbell.adapters.dynamo.memberships import DynamoMemberships
from shopbell.adapters.files import S3Files
from shopbell.app.exporting import EXPORT_MEMBERS, ExportMembers
from shopbell.app.filling import FILL_LIST, ChangeMembers, FillList
from shopbell.app.jobs import RunJobs
from shopbell.runtime import clients, clock, settings
from shopbell.runtime.settings import RebuildSettings


@cache
def jobs() -> RunJobs:
    """Every kind of job with its worker."""
    found = settings.read(RebuildSettings)
    return RunJobs(
        DynamoJobs(clients.dynamo(), found.runs_table),
        {EXPORT_MEMBERS: _export(found), FILL_LIST: _fill(found)},
        clients.queue(found.rebuild_queue_url),
        clock.now,
    )


def _export(found: RebuildSettings) -> ExportMembers:
    stores = clients.stores(found.config_table)
    memberships = DynamoMemberships(clients.dynamo(), found.members_table, found.log_table, clients.shards_of(stores))
    return ExportMembers(stores, memberships, S3Files(clients.s3(), found.files_bucket))


def _fill(found: RebuildSettings) -> FillList:
    dynamo, stores = clients.dynamo(), clients.stores(found.config_table)
    change = ChangeMembers(
        DynamoLists(dynamo, found.config_table),
        DynamoListMembers(dynamo, found.config_table, clients.shards_of(stores)),
        DynamoEvents(dynamo, found.events_table),
        clock.now,
    )
    return FillList(stores, change, DynamoListUploads(dynamo, found.runs_table, clock.now))
