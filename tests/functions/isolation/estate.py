"""A store that has lived: something of every kind that there is, with words in it that no other store may read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shopbell.domain.ids import StoreId

from tests.functions.http.office import Office
from tests.functions.http.world import Answered, key_text


@dataclass
class Estate:
    """`word` stands in all that it says of itself; `tag` begins the ids that it chose."""

    office: Office
    store: StoreId
    word: str
    tag: str
    names: dict[str, list[str]] = field(default_factory=dict)
    """By kind: what it calls its things."""

    def key(self, kind: str) -> str:
        """Of `pub`, `srv`, or a role."""
        marks = {"admin": "0", "viewer": "1", "marketer": "2", "revoked": "3"}
        return key_text(self.store, "mgmt", marks[kind]) if kind in marks else key_text(self.store, kind)  # type: ignore[arg-type]

    def name(self, kind: str, *names: str) -> str:
        """The first of them, kept for whoever looks for one of that kind."""
        self.names.setdefault(kind, []).extend(names)
        return names[0]

    def manage(
        self, method: str, path: str, body: Any = None, key: str = "admin", query: Mapping[str, str] | None = None
    ) -> Answered:
        answer = self.office.manage(method, f"/v1/{path}", body, key=self.key(key), query=query)
        assert answer.status < 300, f"{method} {path}: {answer.text}"
        return answer

    def track(self, method: str, path: str, body: Any = None, key: str = "srv") -> Answered:
        answer = self.office.call(method, f"/v1/{path}", body, key=self.key(key))
        assert answer.status < 300, f"{method} {path}: {answer.text}"
        return answer

    def made(self, kind: str, path: str, body: Any) -> str:
        """The id of what was made by a POST."""
        return self.name(kind, str(self.manage("POST", path, body).json["id"]))

    @property
    def content(self) -> dict[str, Any]:
        return {"title": f"{self.word} sale", "body": f"{self.word} is here", "url": "https://shop.example.com/sale"}
