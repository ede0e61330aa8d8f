"""What the shipped words of all scenarios have in common: they read well with a product and without one."""

from typing import Final

from shopbell.domain.content import Content

BY_NAME: Final = "{% if visitor.custom.first_name %}, {{ visitor.custom.first_name }}{% endif %}"
LINK: Final = "{% if product %}{{ product.url }}{% else %}/{% endif %}"
PICTURE: Final = "{{ product.image_url }}"


CODE: Final = (
    "{% if coupon %} Your code{% if coupon.discount != '' %} for {{ coupon.discount }}{% endif %}: {{ coupon.code }}"
    "{% endif %}"
)
CODE_DE: Final = (
    "{% if coupon %} Dein Code{% if coupon.discount != '' %} für {{ coupon.discount }}{% endif %}: {{ coupon.code }}"
    "{% endif %}"
)
"""After the words of a message that may bring a code."""


def either(with_product: str, without: str) -> str:
    """One of two texts, by whether there is a product to show."""
    return f"{{% if product %}}{with_product}{{% else %}}{without}{{% endif %}}"


def said(english: tuple[str, str], german: tuple[str, str]) -> Content:
    """Title and body in both languages, leading to the product or else to the shop's front page."""
    return Content(
        title=english[0],
        body=english[1],
        url=LINK,
        image_url=PICTURE,
        translations={"de": {"title": german[0], "body": german[1]}},
        language="en",
    )
