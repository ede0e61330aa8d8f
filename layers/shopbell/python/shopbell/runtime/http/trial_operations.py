"""The calls that try a scenario or a message out: they only read, so that a viewer may make them."""

from typing import Final

from shopbell.domain.incoming.trials import DryRunIn
from shopbell.runtime.http import trial_answers as out
from shopbell.runtime.http.life_answers import JobStartedOut
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.render_calls import OPERATIONS as RENDERING

OPERATIONS: Final = (
    Operation(
        "dryRunScenario",
        "POST",
        "/v1/scenarios/{name}/dry-run",
        "Who would get what, and who would not and why",
        "Scenarios",
        Managed("viewer"),
        body=DryRunIn,
        answer=out.TrialOut,
        errors=(409, 413),
        description=(
            "Asks at most 384 visitors, those with the lowest hashes, and scales up with a 95 % interval. Their past "
            "is played through the engine as if the scenario, with the settings that are saved, had been on; nothing "
            "is sent or stored. What starts by events or the clock is shown with the messages of the day before "
            "`as_of`, which may be 30 days back; what the store's calendar starts, with the run of that instant. "
            "What waits for products is shown with what they did in that day; or, by `product_id` with `price` or "
            "`in_stock`, with what that change would bring within a day if it were made now. "
            "Catalogue, lists of what sells and devices are those of now. `all` asks everybody in a job, and answers "
            "202 with its id: its result has the sums by gate, and its file a line for each visitor."
        ),
        also=((202, JobStartedOut),),
    ),
    *RENDERING,
)
