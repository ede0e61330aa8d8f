"""The use cases of static lists over the ports of management."""

from shopbell.app.filling import ChangeMembers
from shopbell.app.jobs import StartJob
from shopbell.app.management.list_members import PutMembers
from shopbell.app.management.lists import CreateList, DeleteList, ReadLists
from shopbell.app.privacy.erased import Erased
from shopbell.runtime.http.list_calls import ListCalls
from shopbell.runtime.http.management_ports import Ports


def lists(ports: Ports) -> ListCalls:
    kept, stores = ports.listing.lists, ports.stores
    erased = Erased(ports.work.tombstones, ports.now)
    change = ChangeMembers(kept, ports.listing.members, ports.events, ports.now, erased)
    start = StartJob(ports.work.jobs, ports.queues.rebuild, ports.random, ports.now)
    return ListCalls(
        ReadLists(kept, ports.segments),
        CreateList(kept, ports.random, ports.now),
        PutMembers(stores, change, ports.listing.uploads, start, ports.random),
        DeleteList(stores, ports.segments, change, start),
    )
