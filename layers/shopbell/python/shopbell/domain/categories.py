"""Paths of categories, and the tree of a catalogue's categories from the paths of its products."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from shopbell.domain.catalogue import Product

MAX_PATH: Final = 120


def path_of(text: str) -> str:
    """One spelling of each path: no slash too many and no space around a name; "" where it names nothing.

    Of one that is too long the upper levels that fit stand for it: a product lies in these, too.
    """
    names = [name for part in text.split("/") if (name := part.strip())]
    while len(names) > 1 and len("/".join(names)) > MAX_PATH:
        names.pop()
    return "/".join(names)[:MAX_PATH].rstrip()


@dataclass(frozen=True, slots=True)
class Category:
    """`products` are all that lie in it or below it, each once; `path` from the root, such as `Outdoor/Boots`."""

    path: str
    name: str
    products: int
    children: tuple["Category", ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """`whole` False: of a part of the catalogue alone."""

    roots: tuple[Category, ...]
    whole: bool = True


def tree_of(products: Iterable[Product], *, whole: bool = True) -> Tree:
    """Of those that are active; in the order of their names."""
    counts: Counter[str] = Counter()
    for product in products:
        if product.active:
            counts.update({up for path in product.categories for up in _upto(path)})
    below: dict[str, list[str]] = {}
    for path in sorted(counts):
        below.setdefault(path.rpartition("/")[0], []).append(path)

    def branch(path: str) -> Category:
        children = tuple(branch(child) for child in below.get(path, ()))
        return Category(path, path.rpartition("/")[2], counts[path], children)

    return Tree(tuple(branch(path) for path in below.get("", ())), whole)


def _upto(path: str) -> Iterable[str]:
    """The path and every one above it; what an empty name stands for is no category."""
    names = [name for name in path.split("/") if name]
    return ("/".join(names[: depth + 1]) for depth in range(len(names)))
