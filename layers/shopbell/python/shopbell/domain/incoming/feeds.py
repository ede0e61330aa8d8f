"""Feed files as a marketer or a shop's server gives them."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from shopbell.domain.incoming.faults import Incoming

MAX_BODY: Final = 5 * 1024 * 1024


class FeedIn(Incoming):
    """Body of POST /v1/feeds: the file itself up to 5 MB, or the name of an upload.

    `mode` `full`: what the feed does not name is taken out of sale, if it names at least `least_percent` of the
    active products.
    """

    format: Literal["csv", "jsonl", "google_xml"]
    mode: Literal["partial", "full"] = "partial"
    data: Annotated[str, Field(min_length=1)] | None = None
    upload_id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None
    least_percent: Annotated[int, Field(ge=0, le=100)] = 50

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.data is None) == (self.upload_id is None):
            raise ValueError("must have data or upload_id, and not both")
        return self
