"""Jobs: one row each, gone a week after its last change."""

from dataclasses import dataclass

from shopbell.adapters.dynamo import documents, keys
from shopbell.adapters.dynamo.attributes import keyed, n, s, seconds, text
from shopbell.adapters.dynamo.database import ABSENT, Dynamo, equals
from shopbell.domain.ids import StoreId
from shopbell.domain.jobs import JOB_TTL, Job, JobId


@dataclass(frozen=True, slots=True)
class DynamoJobs:
    dynamo: Dynamo
    table: str

    def get(self, store: StoreId, job: JobId) -> Job | None:
        row = self.dynamo.get(self.table, keys.job(store, job))
        return None if row is None else documents.job(text(row, "body"))

    def save(self, job: Job, *, expected: int | None) -> bool:
        row = {
            **keyed(keys.job(job.store, job.id)),
            "revision": n(job.revision),
            "body": s(documents.dump(job).decode()),
            keys.TTL: seconds(job.changed_at + JOB_TTL),
        }
        return self.dynamo.put(self.table, row, ABSENT if expected is None else equals("revision", n(expected)))
