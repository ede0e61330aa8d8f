"""What Shopbell notices of a store and its people should hear of, as alarms."""

from collections.abc import Mapping

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId
from shopbell.domain.jobs import Job
from shopbell.domain.runs import Run
from shopbell.domain.segments.dips import Dip
from shopbell.domain.webhooks.alarm import Alarm


def of_stop(run: Run, shift: Duration, at: Instant) -> Alarm | None:
    """Push services refuse the store's key. None for a test: whoever sends that looks at it.

    All workers who stop a run at once say the same; once it went on, `shift`, its pauses, tells another stop apart.
    """
    if run.source == "test":
        return None
    said = "Push services refuse the store's VAPID key or contact: the run waits until it is resumed."
    occurrence = (run.id, str(shift))
    return Alarm("run_stopped", run.source, run.source_id, said, at, occurrence, {"run_id": run.id})


def of_dip(segment: SegmentId, found: Dip, now: Instant) -> Alarm:
    said = f"The segment lost {found.fell} more members than it gained on {found.day}, far more than usual."
    details: dict[str, Json] = {
        "day": found.day,
        "fell": found.fell,
        "share": round(found.share, 4),
        "leaf": found.leaf,
    }
    return Alarm("segment_dip", "segment", segment, said, now, (found.day,), details)


def of_size(segment: SegmentId, place: tuple[Instant, int], drift: Mapping[str, int], now: Instant) -> Alarm:
    """`place`: the night and the shard; `drift`: members less what was counted."""
    night, shard = place
    said = "The nightly recount found other numbers of members than had been counted: by so many more or fewer."
    return Alarm("segment_size_differs", "segment", segment, said, now, (str(night), str(shard)), {**drift})


def of_members(segment: SegmentId, night: Instant, wrong: int, now: Instant) -> Alarm:
    """`wrong`: so many of the visitors whom the audit of that night looked at."""
    said = "The nightly audit found visitors whose membership of the segment is not what their profile says."
    return Alarm("segment_members_differ", "segment", segment, said, now, (str(night // DAY),), {"visitors": wrong})


def of_job(job: Job) -> Alarm:
    """An erasure that is asked for again keeps its name: when it ended tells one failure from the next."""
    ended = (str(job.changed_at),)
    details: dict[str, Json] = {"kind": job.kind, "percent": job.percent}
    said = f"The job {job.kind} failed: GET /v1/jobs/{job.id} says why."
    return Alarm("job_failed", "job", job.id, said, job.changed_at, ended, details)
