"""The words of a run, in Liquid, filled in for each recipient: what rendering adds to a push."""

from dataclasses import dataclass
from typing import Final

from shopbell.app.delivery.addressing import Envelope
from shopbell.app.delivery.letters import Letter
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY
from shopbell.domain.content import Content
from shopbell.domain.ids import ProductId, RunId, StoreId
from shopbell.domain.naming import Values, products_named, store_named
from shopbell.domain.push.endpoints import allow
from shopbell.domain.push.token import TokenKey
from shopbell.domain.rendering import Composer, NoContent
from shopbell.domain.runs import Audience, Run
from shopbell.domain.scenarios.selected import Pick
from shopbell.domain.sends import Sent, mark_of
from shopbell.domain.store import Store, VapidKey
from shopbell.domain.subscriptions import Subscription

from benchmarks.send_load import KEY, NOW, SUBJECT

CONTENT: Final = Content(
    title="{{ visitor.custom.first_name | default: 'Hello' }}, {{ product.title }} is here",
    body=(
        "{% if discount.max > 0 %}Now {{ discount.max }} % off: {% endif %}{{ product.title }} for "
        "{{ product.price | money: product.currency }}. Free returns, as always, from {{ store.name }}."
    ),
    url="{{ product.url }}",
    icon_url="https://shop.example/icon.png",
    image_url="{{ product.image_url }}",
)
PRODUCTS: Final = 50


@dataclass(frozen=True, slots=True)
class Writer:
    """Makes the plaintext for a recipient: picks named, templates filled, token signed, JSON within its size."""

    store: Store
    composer: Composer
    envelope: Envelope
    picks: tuple[tuple[Pick, ...], ...]
    sent: Sent

    @classmethod
    def new(cls, origin: str) -> "Writer":
        key = VapidKey(KEY, "", "active", NOW)
        store = Store(
            StoreId("bench"), "The shop", 64, NOW, SUBJECT, origins=("https://shop.example",), vapid_keys=(key,)
        )
        run = Run(store.id, RunId("0" * 20), "campaign", "autumn", NOW, NOW, NOW + DAY, 64, Audience(), CONTENT)
        composer = Composer(CONTENT, language=store.language, origin=store.link_origin)
        envelope = Envelope(run, store, TokenKey(1, bytes(32)), allow([origin]))
        picks = tuple((_pick(place),) for place in range(PRODUCTS))
        return cls(store, composer, envelope, picks, Sent(NOW, mark_of("autumn", run.id, 0), "autumn"))

    def __call__(self, place: int, to: Subscription) -> bytes:
        traits = {"custom": {"first_name": f"Visitor {place}"}}
        values = Values(
            traits,
            store_named(self.store),
            {"source": "campaign", "name": "autumn", "run": self.envelope.run.id, "step": 1},
            products=products_named(self.picks[place % PRODUCTS], "autumn"),
        )
        words = self.composer.write((to.language, None), values)
        if isinstance(words, NoContent):
            raise TypeError(words.reason)
        letter = self.envelope(place, to, words, self.sent, None)
        if not isinstance(letter, Letter):
            raise TypeError(letter.outcome)
        return letter.plaintext


def _pick(place: int) -> Pick:
    product = Product(
        ProductId(f"product-{place}"),
        f"Wool socks for long walks, number {place}",
        f"https://shop.example/p/{place}",
        f"https://shop.example/i/{place}.jpg",
        1_999,
        "EUR",
        list_price=2_499,
        categories=("Clothes/Socks",),
    )
    return Pick(product, "bestsellers", 0, 1.0, "sells best")
