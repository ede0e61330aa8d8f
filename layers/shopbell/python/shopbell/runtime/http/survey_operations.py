"""The calls about rules that are not saved yet: they read, so that a viewer may make them."""

from typing import Final

from shopbell.domain.incoming.rules import RuleIn
from shopbell.runtime.http import survey_answers as out
from shopbell.runtime.http.operation import Managed, Operation

_VIEWER: Final = Managed("viewer")

OPERATIONS: Final = (
    Operation(
        "previewSegment",
        "POST",
        "/v1/segments/preview",
        "How many a rule would hold, and who only just not",
        "Segments",
        _VIEWER,
        body=RuleIn,
        answer=out.PreviewOut,
        errors=(413,),
        description=(
            "Asks at most 384 visitors, those with the lowest hashes, and scales up with a 95 % interval; "
            "a store with no more is counted exactly."
        ),
    ),
    Operation(
        "suggestSegments",
        "GET",
        "/v1/segments/suggestions",
        "Rules that the store's own data suggests",
        "Segments",
        _VIEWER,
        answer=out.SuggestionsOut,
        description="Up to ten, none of which the store has already; `why` says why there are none.",
    ),
    Operation(
        "weighEdit",
        "POST",
        "/v1/segments/{segment_id}/impact",
        "Who would come in and who would go with another rule",
        "Segments",
        _VIEWER,
        body=RuleIn,
        answer=out.ImpactOut,
        errors=(409, 413),
    ),
)
