"""The calls about products and feeds over whatever ports they are given."""

from shopbell.app.catalogue.feeds import OpenUpload, StartFeed
from shopbell.app.jobs import StartJob
from shopbell.app.management.named_lists import CheckLists
from shopbell.app.management.products import ReadProducts, RecommendNow
from shopbell.runtime.http.feed_calls import FeedCalls
from shopbell.runtime.http.management_ports import Ports
from shopbell.runtime.http.product_calls import ProductCalls


def feeds(ports: Ports) -> FeedCalls:
    start = StartJob(ports.work.jobs, ports.queues.rebuild, ports.random, ports.now)
    return FeedCalls(OpenUpload(ports.work.uploads, ports.random), StartFeed(ports.stores, ports.work.uploads, start))


def products(ports: Ports) -> ProductCalls:
    return ProductCalls(
        ReadProducts(ports.goods.catalogue, ports.goods.stockroom, ports.goods.assortment),
        RecommendNow(
            ports.stores, ports.visitors, ports.goods.recommend, ports.messages.sends, lists_named(ports), ports.now
        ),
    )


def lists_named(ports: Ports) -> CheckLists:
    return CheckLists(ports.goods.tops, ports.now)
