"""The calls about static lists, and the least role for each."""

from typing import Final

from shopbell.domain.incoming.lists import ListIn, ListMembersIn
from shopbell.runtime.http import list_answers as out
from shopbell.runtime.http.management_answers import ListOut
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.reading import PAGE

_VIEWER: Final = Managed("viewer")
_MARKETER: Final = Managed("marketer")
_LIST: Final = "/v1/lists/{list_id}"

OPERATIONS: Final = (
    Operation(
        "listLists",
        "GET",
        "/v1/lists",
        "The store's static lists",
        "Lists",
        _VIEWER,
        answer=ListOut[out.VisitorListOut],
        query=PAGE,
    ),
    Operation(
        "createList",
        "POST",
        "/v1/lists",
        "Make a static list",
        "Lists",
        _MARKETER,
        201,
        ListIn,
        out.VisitorListOut,
        errors=(409, 413),
        takes=("idempotency-key",),
        description='Rules read it as `{"list": "<id>"}`. Nobody is on it yet.',
    ),
    Operation("getList", "GET", _LIST, "One static list", "Lists", _VIEWER, answer=out.VisitorListOut),
    Operation(
        "putListMembers",
        "PUT",
        f"{_LIST}/members",
        "Say who is on a static list",
        "Lists",
        _MARKETER,
        200,
        ListMembersIn,
        out.FilledOut,
        errors=(409, 413),
        also=((202, out.FillingOut),),
        description=(
            "Up to 5 MB. `replace` takes off whoever is not named, `add` and `remove` leave the others as they "
            "are. More than 2,000 visitors become a job. A visitor whom nobody knew is a visitor "
            "of the store from then on, and so also in segments of those who did not do something, such as “did not "
            "purchase”."
        ),
    ),
    Operation(
        "deleteList",
        "DELETE",
        _LIST,
        "Delete a static list",
        "Lists",
        _MARKETER,
        204,
        errors=(409,),
        description="409 with the segments that read it, while they are live or paused.",
    ),
)
