"""The calls about products, and the least role for each."""

from typing import Final

from shopbell.domain.incoming.recommendations import RecommendationIn
from shopbell.runtime.http import product_answers as out
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
        description="From the paths of the active products, as they are now.",
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
)
