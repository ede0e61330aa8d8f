"""The shipped words of the abandoned cart's messages, in English and German."""

from typing import Final

from shopbell.domain.scenarios.words import BY_NAME, either, said

WAITING: Final = said(
    (
        f"You left something behind{BY_NAME}",
        either(
            "{{ product.title }} is waiting in your cart at {{ store.name }}.",
            "Your cart is waiting for you at {{ store.name }}.",
        ),
    ),
    (
        f"Du hast etwas vergessen{BY_NAME}",
        either(
            "{{ product.title }} wartet in deinem Warenkorb bei {{ store.name }}.",
            "Dein Warenkorb wartet bei {{ store.name }} auf dich.",
        ),
    ),
)
LAST_ADDED: Final = said(
    (
        f"Still in your cart{BY_NAME}",
        either(
            "{{ product.title }} is still in stock. Shall we keep it for you?",
            "What you chose is still there. Finish your order at {{ store.name }}.",
        ),
    ),
    (
        f"Noch in deinem Warenkorb{BY_NAME}",
        either(
            "{{ product.title }} ist noch da. Sollen wir es für dich zurücklegen?",
            "Was du ausgesucht hast, ist noch da. Schließe deine Bestellung bei {{ store.name }} ab.",
        ),
    ),
)
ALTERNATIVE: Final = said(
    (
        f"Not quite right{BY_NAME}?",
        either(
            "{{ product.title }} is much like what is in your cart. Have a look.",
            "{{ store.name }} has more of what is in your cart. Have a look.",
        ),
    ),
    (
        f"Noch nicht das Richtige{BY_NAME}?",
        either(
            "{{ product.title }} ist dem sehr ähnlich, was in deinem Warenkorb liegt. Schau es dir an.",
            "{{ store.name }} hat mehr von dem, was in deinem Warenkorb liegt. Schau vorbei.",
        ),
    ),
)
COUPON: Final = said(
    (
        f"A gift for your cart{BY_NAME}",
        either(
            "Come back for {{ product.title }}: a code of your own is waiting for you at {{ store.name }}.",
            "Come back to your cart: a code of your own is waiting for you at {{ store.name }}.",
        ),
    ),
    (
        f"Ein Geschenk für deinen Warenkorb{BY_NAME}",
        either(
            "Komm zurück zu {{ product.title }}: Bei {{ store.name }} wartet ein Code nur für dich.",
            "Komm zurück zu deinem Warenkorb: Bei {{ store.name }} wartet ein Code nur für dich.",
        ),
    ),
)
