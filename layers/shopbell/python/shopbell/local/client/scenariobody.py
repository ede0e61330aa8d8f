"""What is written for a scenario to leave it as it was read."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from shopbell.local.client.contract import shaped

PUT: Final = "PUT /v1/scenarios/{name}"
_STEPS: Final = "steps"
_WORDS: Final = ("content", "variants")


def body_of(read: Mapping[str, Any]) -> dict[str, Any]:
    """A series has its words in its steps, any other scenario at the top; an answer shows both.

    What is as shipped is left out, so that it goes on to be what later releases ship.
    """
    said_above = _WORDS if _STEPS in read["parameters"] else (_STEPS,)
    body = _but(shaped(PUT, read), said_above)
    body["parameters"] = {name: body["parameters"][name] for name in read["own_parameters"]}
    own = read["own_content"]
    if _STEPS in body:
        shipped = () if _STEPS in read["own_parameters"] else ("delay",)
        body[_STEPS] = [
            _but(step, shipped if mine else (*shipped, *_WORDS)) for step, mine in zip(body[_STEPS], own, strict=True)
        ]
    elif not any(own[:1]):
        body = _but(body, _WORDS)
    return body


def _but(values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
