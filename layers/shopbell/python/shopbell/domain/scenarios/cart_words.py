"""The shipped words of the abandoned cart's messages, in English and German: of what is in it, or else like it."""

from typing import Final

from shopbell.domain.scenarios.told import LIKE_MINE, MINE, by_pick
from shopbell.domain.scenarios.words import BY_NAME, said

_GIFT: Final = "{% if coupon %} A code of your own is waiting for you there.{% endif %}"
_GIFT_DE: Final = "{% if coupon %} Dort wartet ein Code nur für dich.{% endif %}"
_LIKE: Final = "{{ product.title }} is much like what is in your cart. Have a look at {{ store.name }}."
_LIKE_DE: Final = (
    "{{ product.title }} ist dem sehr ähnlich, was in deinem Warenkorb liegt. Schau es dir bei {{ store.name }} an."
)
_OTHER: Final = "Your cart is waiting for you. How about {{ product.title }} from {{ store.name }}?"
_OTHER_DE: Final = "Dein Warenkorb wartet auf dich. Wie wäre es mit {{ product.title }} von {{ store.name }}?"
_MORE: Final = "{{ store.name }} has more of what is in your cart. Have a look."
_MORE_DE: Final = "{{ store.name }} hat mehr von dem, was in deinem Warenkorb liegt. Schau vorbei."


def _body(mine: str, without: str) -> str:
    return by_pick({MINE: mine, LIKE_MINE: _LIKE}, _OTHER, without) + _GIFT


def _body_de(mine: str, without: str) -> str:
    return by_pick({MINE: mine, LIKE_MINE: _LIKE_DE}, _OTHER_DE, without) + _GIFT_DE


WAITING: Final = said(
    (
        f"You left something behind{BY_NAME}",
        _body(
            "{{ product.title }} is waiting in your cart at {{ store.name }}.",
            "Your cart is waiting for you at {{ store.name }}.",
        ),
    ),
    (
        f"Du hast etwas vergessen{BY_NAME}",
        _body_de(
            "{{ product.title }} wartet in deinem Warenkorb bei {{ store.name }}.",
            "Dein Warenkorb wartet bei {{ store.name }} auf dich.",
        ),
    ),
)
LAST_ADDED: Final = said(
    (
        f"{by_pick({LIKE_MINE: 'Like what is in your cart'}, 'Still in your cart')}{BY_NAME}",
        _body(
            "{{ product.title }} is still in stock at {{ store.name }}. Finish your order while it is.",
            "What you chose is still in your cart. Finish your order at {{ store.name }}.",
        ),
    ),
    (
        f"{by_pick({LIKE_MINE: 'Wie das in deinem Warenkorb'}, 'Noch in deinem Warenkorb')}{BY_NAME}",
        _body_de(
            "{{ product.title }} ist noch da. Schließe deine Bestellung bei {{ store.name }} ab.",
            "Was du ausgesucht hast, liegt noch im Warenkorb. Schließe deine Bestellung bei {{ store.name }} ab.",
        ),
    ),
)
ALTERNATIVE: Final = said(
    (
        by_pick({MINE: f"Still in your cart{BY_NAME}"}, f"Not quite right{BY_NAME}?"),
        _body("{{ product.title }} is still in your cart. Have another look at {{ store.name }}.", _MORE),
    ),
    (
        by_pick({MINE: f"Noch in deinem Warenkorb{BY_NAME}"}, f"Noch nicht das Richtige{BY_NAME}?"),
        _body_de(
            "{{ product.title }} liegt noch in deinem Warenkorb. Schau noch einmal bei {{ store.name }} vorbei.",
            _MORE_DE,
        ),
    ),
)
COUPON: Final = said(
    (
        f"{{% if coupon %}}A gift for your cart{{% else %}}Your cart is waiting{{% endif %}}{BY_NAME}",
        _body(
            "Come back for {{ product.title }} at {{ store.name }}.", "Come back to your cart at {{ store.name }}."
        ),
    ),
    (
        f"{{% if coupon %}}Ein Geschenk für deinen Warenkorb{{% else %}}Dein Warenkorb wartet{{% endif %}}{BY_NAME}",
        _body_de(
            "Komm zurück zu {{ product.title }} bei {{ store.name }}.",
            "Komm zurück zu deinem Warenkorb bei {{ store.name }}.",
        ),
    ),
)
