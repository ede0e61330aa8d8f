"""Jobs: one writer at a time, each store its own; and the counts of a subject by their source."""

from dataclasses import replace

from shopbell.domain.ids import StoreId
from shopbell.domain.jobs import Job, JobError, JobId

from tests.contract.worlds import NOW, Ports

NAME = JobId("job-1")


def job(store: StoreId) -> Job:
    return Job(
        store,
        NAME,
        "export_members",
        "running",
        NOW,
        NOW + 1,
        percent=40,
        ask={"segment": "seg-1", "total": 7},
        place={"upload": "u", "shard": 3, "cursor": None, "marks": ["a", "b"], "rows": 3},
        result={"rows": 7},
        errors=(JobError(3, "is no id"),),
        file="exports/x.csv",
        file_name="x.csv",
        created_by="12345678",
    )


def test_a_job_comes_back_as_it_was_saved(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    assert ports.jobs.save(job(store), expected=None)
    assert ports.jobs.get(store, NAME) == job(store)
    assert ports.jobs.get(store, JobId("none")) is None
    assert ports.jobs.get(other_store, NAME) is None


def test_who_did_not_read_the_latest_may_not_write(ports: Ports, store: StoreId) -> None:
    assert ports.jobs.save(job(store), expected=None)
    assert not ports.jobs.save(job(store), expected=None)
    cancelled = replace(job(store), state="cancelled", revision=2)
    assert ports.jobs.save(cancelled, expected=1)
    assert not ports.jobs.save(replace(job(store), revision=2), expected=1)
    assert ports.jobs.get(store, NAME) == cancelled


def test_counts_are_read_by_source_in_order_and_within_bounds(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    for place, source in enumerate(("2026-03-02#001", "2026-03-01#000", "2026-03-02#000", "2026-02-28#000")):
        assert ports.counters.add(store, "history:s", source, "1".zfill(40), {"entered|clock|1|": place + 1})
    ports.counters.add(other_store, "history:s", "2026-03-01#000", "1".zfill(40), {"entered|clock|1|": 99})

    found = list(ports.counters.by_source(store, "history:s", "2026-03-01", "2026-03-02~"))

    assert found == [
        ("2026-03-01#000", {"entered|clock|1|": 2}),
        ("2026-03-02#000", {"entered|clock|1|": 3}),
        ("2026-03-02#001", {"entered|clock|1|": 1}),
    ]
    assert list(ports.counters.by_source(store, "history:s", "2026-03-01", "2026-03-01~")) == found[:1]
