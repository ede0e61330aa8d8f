"""What a page asks before it shows the permission prompt."""

from typing import Annotated

from pydantic import Field

from shopbell.domain.incoming.faults import Incoming
from shopbell.domain.incoming.texts import Short, VisitorText


class PromptIn(Incoming):
    """Body of POST /v1/prompt. `prompt`: its id; `page`: the address, so that it is never shown at a checkout."""

    visitor_id: VisitorText
    prompt: Short | None = None
    page: Annotated[str, Field(min_length=1, max_length=2_048)] | None = None
