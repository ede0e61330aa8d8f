"""Carries a plan into the store, one thing after the other, each only if it still is what the plan was made from."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from shopbell.local.client.config import bodies
from shopbell.local.client.config.differences import differences
from shopbell.local.client.config.kinds import CAMPAIGNS, SEGMENTS
from shopbell.local.client.config.live import Live, NamelessError, item
from shopbell.local.client.config.meanwhile import CONFLICT, MeanwhileError, noted
from shopbell.local.client.config.ordering import Step
from shopbell.local.client.config.plan import Change
from shopbell.local.client.config.showing import tell_secret
from shopbell.local.client.http import Answer, RefusedError, UnreachableError
from shopbell.local.client.run import NotAskedError, Run

_GONE: Final = 404
_TRIES: Final = 3
_TURNS: Final[Mapping[tuple[str, str, str], tuple[str, ...]]] = {
    ("segments", "draft", "active"): ("activate",),
    ("segments", "paused", "active"): ("activate",),
    ("segments", "draft", "paused"): ("activate",),
    ("campaigns", "draft", "scheduled"): ("schedule",),
    ("campaigns", "draft", "paused"): ("schedule", "pause"),
    ("campaigns", "paused", "scheduled"): ("resume",),
    ("campaigns", "scheduled", "paused"): ("pause",),
    ("campaigns", "scheduled", "draft"): ("unschedule",),
    ("campaigns", "paused", "draft"): ("unschedule",),
}
"""The calls from one state to another, by section; a segment is paused in a step of its own."""


@dataclass(frozen=True, slots=True)
class Writer:
    """`ids` are those of segments by name, and grow with the new ones; `notes` say what still waits for somebody."""

    run: Run
    live: Live
    ids: dict[str, str]
    notes: list[str] = field(default_factory=list)

    def write(self, step: Step) -> None:
        """Raises RefusedError, UnreachableError and MeanwhileError."""
        match step.part:
            case "write" if step.change.live is None:
                self._create(step.change)
            case "write":
                _again(lambda: self._change(step.change))
            case "pause":
                _again(lambda: self._pause(step.change))
            case "archive":
                self._archive(step.change)

    def _create(self, change: Change) -> None:
        kind, body = change.kind, bodies.whole(change, self.ids)
        if kind.write.startswith("PUT"):
            self.run.call("PUT", kind.one(change.name), body, headers={"If-Match": '"0"'})
            return
        made = self._post(kind.path, body)
        tell_secret(self.run, change, made.body)
        if kind is SEGMENTS:
            self.ids[change.name] = made.body["id"]
        if "state" in change.body:
            self._turn(change, made, change.body["state"])

    def _change(self, change: Change) -> None:
        kind, read = change.kind, self._unchanged(change)
        path, wanted = kind.one(_id(change)), change.body.get("state", "")
        if kind.edit is None:
            self.run.call("PUT", path, bodies.whole(change, self.ids), headers=_if_match(read))
            return
        if kind is CAMPAIGNS and change.said and read.body["status"] != "draft":
            self._taken_off(change, read)
            return
        sent = bodies.edit(change, self.ids)
        if sent:
            read = self.run.call("PATCH", path, sent, headers=_if_match(read))
        if wanted:
            self._turn(change, read, wanted)

    def _taken_off(self, change: Change, read: Answer) -> None:
        """Changes a campaign that is on its schedule: only a draft takes an edit. What fails says how it stands."""
        path, was = CAMPAIGNS.one(_id(change)), str(read.body["status"])
        draft = self._post(f"{path}/unschedule", None, read)
        try:
            made = self.run.call("PATCH", path, bodies.edit(change, self.ids), headers=_if_match(draft))
        except (RefusedError, UnreachableError, KeyboardInterrupt) as exc:
            told = self._put_back(change, draft, was)
            if told:
                raise noted(exc, told) from None
            exc.add_note(f"the campaign is {was} as before")
            raise
        try:
            self._turn(change, made, change.body["state"])
        except (RefusedError, UnreachableError, NotAskedError) as exc:
            raise noted(exc, "the campaign is changed, and off its schedule until it is applied again") from None

    def _put_back(self, change: Change, draft: Answer, was: str) -> str:
        """On the schedule that it had; "" when it is, else how it stands now."""
        try:
            now = self._turn(change, draft, was).body["status"]
        except (RefusedError, UnreachableError, NotAskedError) as exc:
            return f"the campaign is off its schedule now, and could not be put back: {exc}"
        return (
            "" if now == was else "the campaign is a draft now, and waits for a second person to be on its schedule"
        )

    def _turn(self, change: Change, read: Answer, wanted: str) -> Answer:
        is_ = str(read.body["status"] if change.kind is CAMPAIGNS else read.body["state"])
        for verb in _TURNS.get((change.kind.section, is_, wanted), ()):
            path = change.kind.one(read.body["id"])
            read = (
                self._scheduled(change, path, read)
                if verb == "schedule"
                else self._post(f"{path}/{verb}", None, read)
            )
            if verb == "schedule" and read.body["status"] == "draft":
                self.notes.append(f"campaign {change.name} waits for a second person: `shopbell campaigns approve`")
                break
        return read

    def _scheduled(self, change: Change, path: str, read: Answer) -> Answer:
        """Where the store wants to know how many are meant, somebody agrees to their number first."""
        try:
            return self._post(f"{path}/schedule", {}, read)
        except RefusedError as exc:
            if not exc.wants_number:
                raise
        told = self.run.call("POST", f"{path}/estimate").body
        words = (
            f"campaign {change.name} reaches {told['reachable']} people, about {told['cost_usd']:.2f} USD each time"
        )
        self.run.err.write(f"{words}\n")
        self.run.confirm("Schedule it for so many?")
        return self._post(f"{path}/schedule", {"expected_audience": told["reachable"]}, read)

    def _pause(self, change: Change) -> None:
        path = SEGMENTS.one(self.ids[change.name])
        if self.run.call("GET", path).body["state"] in {"active", "building"}:
            self._post(f"{path}/pause", None)

    def _archive(self, change: Change) -> None:
        try:
            read = self._unchanged(change)
        except RefusedError as exc:
            if exc.status == _GONE:
                return
            raise
        path = change.kind.one(_id(change))
        if change.kind is CAMPAIGNS and read.body["status"] != "draft":
            self._post(f"{path}/cancel", None, read)
            return
        if change.kind is SEGMENTS and change.body["state"] == "active":
            read = self._post(f"{path}/pause", None, read)  # an active one goes only if nothing ever named it
        self.run.call("DELETE", path, headers=_if_match(read))

    def _unchanged(self, change: Change) -> Answer:
        """The thing as it is. Raises MeanwhileError where that is not what the plan was made from."""
        read = self.run.call("GET", change.kind.one(_id(change)))
        try:
            now = item(change.kind, read.body, self.live.segments).body
        except NamelessError as exc:
            raise MeanwhileError from exc
        if change.live and any(differences(change.live.body, now)):
            raise MeanwhileError
        return read

    def _post(self, path: str, body: object, read: Answer | None = None) -> Answer:
        key = {"Idempotency-Key": str(uuid.uuid4())} if body is not None else {}
        return self.run.call("POST", path, body, headers={**key, **(_if_match(read) if read else {})})


def _again(act: Callable[[], None]) -> None:
    """Once more after a 412: a build that goes on changes a segment's ETag, and nothing that the file is about.

    What somebody changed is seen when the thing is read again.
    """
    for left in reversed(range(_TRIES)):
        try:
            act()
        except RefusedError as exc:
            if exc.status != CONFLICT or not left:
                raise
        else:
            return


def _id(change: Change) -> str:
    return change.live.id if change.live else change.name


def _if_match(read: Answer) -> dict[str, str]:
    return {"If-Match": read.etag} if read.etag else {}
