"""The calls about products, and the least role for each."""

from typing import Final

from shopbell.domain.incoming.feeds import FeedIn
from shopbell.domain.incoming.recommendations import RecommendationIn
from shopbell.runtime.http import product_answers as out
from shopbell.runtime.http.life_answers import JobStartedOut
from shopbell.runtime.http.management_answers import ListOut
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.reading import PAGE

_VIEWER: Final = Managed("viewer")

OPERATIONS: Final = (
    Operation(
        "listProducts",
        "GET",
        "/v1/products",
        "The catalogue",
        "Products",
        _VIEWER,
        answer=ListOut[out.ProductOut],
        query=PAGE,
        description="Newest first.",
    ),
    Operation(
        "getProduct", "GET", "/v1/products/{product_id}", "One product", "Products", _VIEWER, answer=out.ProductOut
    ),
    Operation(
        "listProductVersions",
        "GET",
        "/v1/products/{product_id}/versions",
        "What a product was before",
        "Products",
        _VIEWER,
        answer=ListOut[out.ProductVersionOut],
        query=PAGE,
        description="Newest first, of the last 90 days; without what stands now.",
    ),
    Operation(
        "listCategories",
        "GET",
        "/v1/categories",
        "The tree of categories",
        "Products",
        _VIEWER,
        answer=out.CategoriesOut,
        query=PAGE,
        description="From the paths of the active products, as they are now; pages are of the uppermost ones.",
    ),
    Operation(
        "recommend",
        "POST",
        "/v1/recommendations",
        "What a visitor would be shown now, and why",
        "Products",
        _VIEWER,
        body=RecommendationIn,
        answer=out.RecommendationOut,
        errors=(404, 413),
        description=(
            "In stock now, and nothing that the visitor bought within 90 days unless it is replenishable. Without "
            "`visitor_id`: for somebody of whom nothing is known. Down the fallback chain until there is something "
            "to show, at most to `fallback_max_level`."
        ),
    ),
    Operation(
        "openUpload",
        "POST",
        "/v1/uploads",
        "Where to put a file",
        "Products",
        Managed("marketer"),
        201,
        answer=out.UploadOut,
        errors=(409,),
        takes=("idempotency-key",),
        description="For what is too long for a body: the address takes one PUT.",
    ),
    Operation(
        "loadFeed",
        "POST",
        "/v1/feeds",
        "Take a feed file in",
        "Products",
        Managed("marketer"),
        202,
        FeedIn,
        JobStartedOut,
        errors=(404, 409, 413),
        takes=("idempotency-key",),
        description=(
            "CSV, JSON Lines or a Google Merchant feed (RSS 2.0 or Atom), up to 5 MB in the body or by an upload. "
            "The job tells what is wrong with which line; what is right is stored."
        ),
    ),
)
