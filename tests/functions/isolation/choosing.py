"""What fills the holes of a call: names of one's own, of the other store, and those spelt oddly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from tests.functions.http.office import Office
from tests.functions.isolation.cases import Case, Sent
from tests.functions.isolation.estate import Estate
from tests.functions.isolation.pair import send

ODD: Final[Mapping[str, Callable[[str, str], str]]] = {
    "as it is": lambda name, _: name,
    "percent-encoded": lambda name, _: "".join(f"%{byte:02X}" for byte in name.encode()),
    "encoded twice": lambda name, _: quote(quote(name, safe=""), safe=""),
    "upper case": lambda name, _: name.upper(),
    "lower case": lambda name, _: name.lower(),
    "a space before": lambda name, _: f" {name}",
    "a space behind": lambda name, _: f"{name} ",
    "an encoded space": lambda name, _: f"{name}%20",
    "a hash behind": lambda name, _: f"{name}#",
    "a zero behind": lambda name, _: f"{name}\x00",
    "its store before": lambda name, store: f"{store}#{name}",
    "its store's shelf before": lambda name, store: f"{store}#V#{name}",
    "its store's folder before": lambda name, store: f"../{store}/{name}",
    "its store's folder, encoded": lambda name, store: f"..%2F{store}%2F{name}",
    "an item of a table": lambda name, _: f"SEGV#{name}#0000000001",
    "its customer": lambda name, _: f"c:{name}",
}
"""How a name may be spelt."""


@dataclass(frozen=True)
class Named:
    """The names of one store's things, for the holes of one case."""

    estate: Estate
    case: Case
    office: Office
    role: str

    def __call__(self, kind: str, place: int = 0) -> str:
        match kind:
            case "cursor":
                return self._cursor()
            case "etag":
                return self._etag()
            case _:
                names = self.estate.names[kind]
                return names[place % len(names)]

    def _cursor(self) -> str:
        """Of the list that the case asks for, as its owner gets it."""
        found = send(self.office, self.case, self._bare(query={"limit": "1"}), self._key)
        cursor = found.json["next_cursor"] if found.status == 200 else None
        assert cursor, (
            f"{self.case.operation.id}: the list has one page, so no cursor: furnish more. {found.text[:300]}"
        )
        return str(cursor)

    def _etag(self) -> str:
        """Of what is changed: what a GET of it, or of what it is part of, says."""
        path = self._bare().path
        for asked in (path, path.rpartition("/")[0]):
            call = self.office.manage if self.case.operation.managed else self.office.call
            tag = call("GET", asked, key=self._key).headers.get("etag")
            if tag:
                return tag
        raise AssertionError(f"{self.case.operation.id}: nothing says its ETag")

    def _bare(self, query: Mapping[str, str] | None = None) -> Sent:
        sent = Case(self.case.operation, self.case.path).filled(self)
        return Sent("GET" if query else sent.method, sent.path, None, query or {})

    @property
    def _key(self) -> str | None:
        return None if self.role == "none" else self.estate.key(self.role)
