"""A message as one visitor would get it, over HTTP."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, JsonValue

from shopbell.app.management.render import Draft, Preview, RenderMessage
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.incoming.rendering import RenderIn
from shopbell.domain.scenarios.plan import Selection
from shopbell.runtime.http import product_answers as products
from shopbell.runtime.http import reading
from shopbell.runtime.http.answer import Answer, answer
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.request import Request


class RenderOut(BaseModel):
    """`payload`: what the browser would decrypt, with a message token that opens nothing; null where nothing would
    be sent, and `no_content` says why. `faults`: texts whose template failed and pictures that were dropped;
    `trimmed`: parts that gave way because a push holds no more. `bytes`: of the payload, of at most 3,993.
    `variant`: the one that the visitor gets; null: there are none.
    """

    payload: dict[str, JsonValue] | None
    no_content: str | None
    faults: list[str]
    trimmed: list[str]
    bytes: int
    variant: str | None
    products: list[products.PickOut]


OPERATIONS: Final = (
    Operation(
        "renderMessage",
        "POST",
        "/v1/visitors/{visitor_id}/render",
        "A message as this visitor would get it",
        "Visitors",
        Managed("viewer"),
        body=RenderIn,
        answer=RenderOut,
        errors=(404, 413),
        description=(
            "The very payload for the visitor's newest device, with the products that they would be shown now. "
            "Nothing is sent, and no gate is asked."
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class RenderCalls:
    render: RenderMessage

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {"renderMessage": self._render}

    def _render(self, store: StoreId, request: Request) -> Answer:
        given = reading.body(RenderIn, request)
        picks = given.products.selection if given.products else Selection()
        content, variants = given.spoken
        message = given.source, given.step - 1
        draft = Draft(content, picks, given.language, given.event, variants, message)
        made = self.render(store, VisitorId(request.params["visitor_id"]), draft)
        return answer(_shape(made), headers={"cache-control": "no-store"})


def _shape(made: Preview) -> RenderOut:
    text = made.plaintext
    return RenderOut(
        payload=None if text is None else json.loads(text),
        no_content=made.no_content,
        faults=list(made.faults),
        trimmed=list(made.trimmed),
        bytes=len(text or b""),
        variant=made.variant,
        products=[
            products.PickOut(
                product=products.shape(one.product),
                algorithm=one.algorithm,
                level=one.level,
                score=one.score,
                reason=one.reason,
            )
            for one in made.picks
        ],
    )
