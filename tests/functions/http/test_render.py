"""A message looked at as one visitor would get it: the very payload, and what went wrong."""

from dataclasses import replace
from typing import Any

from shopbell.adapters.memory.catalogue import MemoryCatalogue
from shopbell.domain.ids import VisitorId
from shopbell.domain.profile import Profile, Trait
from shopbell.domain.push.token import BadToken, TokenKey, open_token

from tests.functions.http.office import Office
from tests.functions.http.world import NOON, OURS, THEIRS
from tests.unit.recommend.shop import product

ANN = VisitorId("ann")
WORDS = {"title": "Hi {{ visitor.custom.name }}", "body": "{{ store.name }}", "url": "/sale"}


def known(office: Office) -> None:
    traits = {"custom.name": Trait(NOON, "r", "Ann"), "language": Trait(NOON, "r", "de")}
    office.world.profiles[OURS, ANN] = Profile(OURS, ANN, version=1, traits=traits)


def render(office: Office, content: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    body = {"content": {**WORDS, **(content or {})}, **more}
    answer = office.manage("POST", f"/v1/visitors/{ANN}/render", body)
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_words_are_filled_in_and_the_link_is_whole(office: Office) -> None:
    known(office)
    found = render(office)
    payload = found["payload"]
    said = payload["notification"]
    assert (payload["web_push"], said["title"], found["faults"], found["no_content"]) == (8030, "Hi Ann", [], None)
    assert "/sale?sb_m=" in said["navigate"]
    assert found["bytes"] > 100


def test_its_token_opens_nothing(office: Office) -> None:
    known(office)
    token = render(office)["payload"]["notification"]["data"]["message"]
    assert isinstance(open_token(token, [TokenKey(1, bytes(32))], NOON), BadToken)


def test_in_the_visitors_language_or_the_one_that_is_asked_for(office: Office) -> None:
    known(office)
    words = {"translations": {"de": {"title": "Hallo"}, "fr": {"title": "Salut"}}}
    titles = [render(office, words, **more)["payload"]["notification"]["title"] for more in ({}, {"language": "fr"})]
    assert titles == ["Hallo", "Salut"]


def test_a_failing_template_is_named_and_its_plain_words_stand(office: Office) -> None:
    known(office)
    found = render(office, {"body": "Sale {{ 1 | divided_by: 0 }}"})
    assert (found["faults"], found["payload"]["notification"]["body"]) == (["body"], "Sale")


def test_the_products_that_the_visitor_would_be_shown_now(office: Office) -> None:
    known(office)
    MemoryCatalogue(office.world).put(OURS, [product("boots", "Outdoor/Boots", created_at=NOON)])
    asked = {"algorithm": "spotlights"}
    found = render(office, {"title": "{{ product.title }}", "image_url": "{{ product.image_url }}"}, products=asked)
    assert found["payload"]["notification"]["title"] == "Boots"
    assert [one["product"]["id"] for one in found["products"]] == ["boots"]


def test_without_a_product_nothing_would_be_sent_where_one_must_be_shown(office: Office) -> None:
    known(office)
    found = render(office, products={"algorithm": "smart_offers", "fallback_max_level": 4})
    assert (found["payload"], found["no_content"], found["bytes"]) == (None, "level", 0)


def test_facts_of_a_trigger_can_be_tried(office: Office) -> None:
    known(office)
    found = render(office, {"title": "Order {{ event.order_id }}"}, event={"order_id": "o-1"})
    assert found["payload"]["notification"]["title"] == "Order o-1"


def test_a_foreign_or_unknown_visitor_is_not_there(office: Office) -> None:
    known(office)
    office.world.profiles[THEIRS, VisitorId("zoe")] = replace(office.world.profiles[OURS, ANN], store=THEIRS)
    for name in ("zoe", "nobody"):
        assert office.manage("POST", f"/v1/visitors/{name}/render", {"content": WORDS}).status == 404


def test_a_template_that_does_not_parse_is_refused_with_its_path(office: Office) -> None:
    known(office)
    answer = office.manage("POST", f"/v1/visitors/{ANN}/render", {"content": {**WORDS, "title": "{% if %}"}})
    assert (answer.status, answer.json["errors"][0]["path"]) == (422, "content.title")
