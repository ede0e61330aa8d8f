"""What a command of the API declares: its words, its call, its arguments and what is shown of the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from shopbell.local.client.run import Run

Kind = Literal["text", "number", "flag", "words"]
Act = Callable[["Run"], int]
"""What a command does beyond one call; its exit status."""


@dataclass(frozen=True, slots=True)
class Option:
    """`--name`; sent as the query's or body's field of that name (`as_of` is written `--as-of`).

    `words` may be repeated. With `local` it steers the command and is not sent. `sent` is the field's name where the
    option has another.
    """

    name: str
    tells: str
    kind: Kind = "text"
    local: bool = False
    choices: tuple[str, ...] | None = None
    required: bool = False
    sent: str | None = None

    @property
    def field(self) -> str:
        return self.sent or self.name

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Command:
    """One call of the API and its words.

    `call` is "METHOD /path"; every {name} in it is an argument. `file` is what FILE holds: the body, or with `wrap`
    that field of it; with `edits` it may be left out, to change the thing in an editor. `columns` (dotted) make a
    table of a list's `items`, `paged` when the call takes limit and cursor; without them an answer is shown field by
    field. `ask` is a question that --yes answers. `act` does more than the call, and `also` names which other calls
    it makes.
    """

    group: str
    name: str
    tells: str
    call: str
    columns: tuple[str, ...] = ()
    paged: bool = False
    query: tuple[Option, ...] = ()
    body: tuple[Option, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    positionals: tuple[Option, ...] = ()
    file: str | None = None
    wrap: str | None = None
    edits: bool = False
    ask: str | None = None
    act: Act | None = None
    also: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        return self.call.split(" ")[0]

    @property
    def path(self) -> str:
        return self.call.split(" ")[1]

    @property
    def words(self) -> str:
        return f"{self.group} {self.name}"

    @property
    def calls(self) -> tuple[str, ...]:
        return (self.call, *self.also)
