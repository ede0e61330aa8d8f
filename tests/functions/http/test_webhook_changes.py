"""What a webhook keeps and forgets as it is changed, and what else shows it, over HTTP."""

from shopbell.adapters.memory.jobs import MemoryJobs
from shopbell.adapters.memory.webhooks import MemoryHookDeliveries, MemoryWebhooks
from shopbell.app.jobs import RunJobs
from shopbell.app.privacy.erase import ERASE_VISITOR
from shopbell.app.webhooks.tell import Tell
from shopbell.app.webhooks.work import read_notice
from shopbell.app.work import JobWork, read_rebuild
from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.jobs import Job
from shopbell.domain.webhooks.hook import Attempt, WebhookId

from tests.functions.http.office import Office
from tests.functions.http.world import NOON, OURS


def test_five_secrets_sign_at_once_and_one_that_signs_alone_may_always_be_made(office: Office) -> None:
    path = f"/v1/webhooks/{office.webhook()}"
    for _ in range(4):
        assert office.manage("POST", f"{path}/rotate", {"overlap": "P30D"}).status == 201
    before = dict(office.world.secrets)
    sixth = office.manage("POST", f"{path}/rotate", {"overlap": "P1D"})
    assert (sixth.status, office.world.secrets) == (409, before)
    assert "2026-03-03T12:00:00Z" in sixth.text
    assert office.manage("POST", f"{path}/rotate", {"overlap": "PT0S"}).status == 201
    (row,) = MemoryWebhooks(office.world).all(OURS)
    assert len(row.signing(office.clock.now)) == 1
    assert office.manage("POST", f"{path}/rotate", {"overlap": "P30D"}).status == 201


def test_another_address_starts_without_the_failures_of_the_one_before(office: Office) -> None:
    name = WebhookId(office.webhook())
    path, went = f"/v1/webhooks/{name}", MemoryHookDeliveries(office.world)
    went.note(OURS, name, Attempt(NOON, 500, "answered 500", pause=900_000))
    same = office.manage("PATCH", path, {"url": office.manage("GET", path).json["url"]}).json
    assert same["state"] == "failing"
    moved = office.manage("PATCH", path, {"url": "https://new.shop.example/in"}).json
    assert (moved["state"], moved["deliveries"]["failed"], went.of(OURS, name).paused_until) == ("active", 0, 0)


def test_a_webhook_is_named_as_a_user_of_its_segment_and_does_not_hinder_anything(office: Office) -> None:
    segment = office.active(name="VIP")
    name = office.webhook(segments=[segment])
    used = office.manage("GET", f"/v1/segments/{segment}/usage").json
    user = {"kind": "webhook", "id": name, "name": name, "state": "active", "holds": False}
    assert (used["used_by"], used["items"], used["can_archive"]) == (1, [user], True)
    assert office.manage("DELETE", f"/v1/segments/{segment}").status == 204


def test_what_holds_a_segment_is_named_without_the_webhooks_that_do_not(office: Office) -> None:
    segment = office.active(name="VIP")
    webhook = office.webhook(segments=[segment])
    campaign = office.campaign(audience={"include": [segment]})
    refused = office.manage("DELETE", f"/v1/segments/{segment}")
    assert refused.status == 409
    assert campaign in refused.text
    assert webhook not in refused.text


def test_segments_that_were_put_away_may_stay_in_an_edit_and_not_be_added(office: Office) -> None:
    gone, other = office.active(name="VIP"), office.active(name="Old")
    path = f"/v1/webhooks/{office.webhook(segments=[gone])}"
    for segment in (gone, other):
        assert office.manage("DELETE", f"/v1/segments/{segment}").status == 204
    kept = office.manage("PATCH", path, {"segments": [gone], "description": "CRM"})
    assert (kept.status, kept.json["segments"], kept.json["description"]) == (200, [gone], "CRM")
    added = office.manage("PATCH", path, {"segments": [gone, other]})
    assert (added.status, [where for where, _ in added.faults]) == (422, ["segments.1"])


class Failing:
    def step(self, _: Job) -> Job:
        raise ValueError

    def drop(self, _: Job) -> None:
        """Nothing."""


def test_an_erasure_that_fails_again_is_told_of_again_and_a_replay_is_not(office: Office) -> None:
    office.visit("ann")
    office.webhook(events=["alarm"])
    tell = Tell(MemoryWebhooks(office.world).all, office.hooked, office.clock)
    run = RunJobs(MemoryJobs(office.world), {ERASE_VISITOR: Failing()}, office.rebuild, office.clock, tell.alarm)
    told: list[tuple[str, object]] = []
    for _ in range(2):
        office.clock.now += DAY
        assert office.manage("DELETE", "/v1/visitors/ann").status == 202
        (work,) = [asked for one in office.rebuild.take() if isinstance(asked := read_rebuild(one.body), JobWork)]
        for _ in range(2):
            run(work, lambda: HOUR)
            office.clock.now += HOUR
        notices = [read_notice(one.body) for one in office.hooked.take()]
        told += [(one.id, one.data["id"]) for one in notices]
    assert told[0] == told[1] != told[2] == told[3]
    assert told[0][0] != told[2][0]
    assert told[0][1] != told[2][1]
