"""`shopbell products` and `shopbell product-lists`: what the shop sells, and what its people put in a row."""

from typing import Any, Final

from shopbell.local.client import tables
from shopbell.local.client.command import Command, Option
from shopbell.local.client.editing import edit
from shopbell.local.client.imports import FILE, JOBS, UPLOADS, feed
from shopbell.local.client.run import PAGE, Run, pages

_ONE: Final = "/v1/products/{product_id}"
_LIST: Final = "/v1/product-lists/{name}"
_PICKED: Final = ("reason", "product.id", "product.title", "product.price")
_FORMATS: Final = ("csv", "jsonl", "google_xml")


def categories(run: Run) -> int:
    """The tree of categories, each below its parent."""
    items: list[dict[str, Any]] = []
    told: dict[str, Any] = {}
    for told in pages(run, limit=str(PAGE)):
        items += told["items"]
    if run.asked.json:
        run.show({**told, "items": items})
        return 0
    for line in _branches(items, 0):
        run.print(line)
    if not told["whole"]:
        run.err.write("there are more than are shown\n")
    return 0


def recommended(run: Run) -> int:
    """Products in their order, each with its reason."""
    told = run.send(run.body()).body
    if run.asked.json:
        run.show(told)
    else:
        run.print(tables.table(told["items"], _PICKED) if told["items"] else "nothing")
    return 0


def _branches(items: list[dict[str, Any]], deep: int) -> list[str]:
    lines: list[str] = []
    for one in items:
        lines += [f"{'  ' * deep}{one['name']}  {one['products']}", *_branches(one["children"], deep + 1)]
    return lines


COMMANDS: Final = (
    Command(
        "products",
        "list",
        "the catalogue",
        "GET /v1/products",
        ("id", "title", "price", "currency", "in_stock", "active", "categories"),
        paged=True,
    ),
    Command("products", "show", "one product", f"GET {_ONE}"),
    Command(
        "products",
        "versions",
        "what it cost and whether it was there, newest first",
        f"GET {_ONE}/versions",
        ("at", "until", "source", "product.price", "product.in_stock", "product.active"),
        paged=True,
    ),
    Command(
        "products",
        "put",
        "make or change the products of a file; what it does not name stays",
        "POST /v1/feeds",
        positionals=(FILE,),
        body=(Option("format", "of the file", choices=_FORMATS, required=True),),
        fixed={"mode": "partial"},
        act=feed,
        also=(UPLOADS, JOBS),
    ),
    Command("products", "categories", "the tree of categories", "GET /v1/categories", act=categories),
    Command(
        "products",
        "recommend",
        "what an algorithm would show, and why",
        "POST /v1/recommendations",
        positionals=(Option("algorithm", "such as top_sellers"),),
        body=(
            Option("visitor_id", "for this visitor"),
            Option("count", "how many", "number"),
            Option("product_ids", "beside this product; may be repeated", "words"),
        ),
        act=recommended,
    ),
    Command(
        "product-lists",
        "list",
        "lists that people made",
        "GET /v1/product-lists",
        ("name", "target.kind", "target.id", "starts_at", "ends_at", "product_ids"),
        paged=True,
    ),
    Command("product-lists", "show", "one list", f"GET {_LIST}"),
    Command(
        "product-lists",
        "put",
        "write a list, in the place of what it was",
        f"PUT {_LIST}",
        file="product_ids, target, starts_at, ends_at",
        edits=True,
        act=edit,
        also=(f"GET {_LIST}",),
    ),
)
