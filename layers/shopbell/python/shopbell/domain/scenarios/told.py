"""Words that say only what is true of the product that was picked: by how it was picked, and without one."""

from typing import Final

MINE: Final = "random_from_cart"
LIKE_MINE: Final = "alternatives"
SEEN: Final = "last_visited"


def by_pick(ways: dict[str, str], other: str, without: str | None = None) -> str:
    """`ways`: words by the algorithm that picked the product; `other`: of any else; `without`: of none."""
    first, *more = [f"product.algorithm == '{name}' %}}{words}" for name, words in ways.items()]
    picked = f"{{% if {first}" + "".join(f"{{% elsif {one}" for one in more)
    picked = f"{picked}{{% else %}}{other}{{% endif %}}"
    return picked if without is None else f"{{% if product %}}{picked}{{% else %}}{without}{{% endif %}}"
