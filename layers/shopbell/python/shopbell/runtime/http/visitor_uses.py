"""What is known of visitors, over whatever ports it is given."""

from shopbell.app.management.visitors import ReadVisitor
from shopbell.runtime.http.management_ports import Ports


def known(ports: Ports) -> ReadVisitor:
    rows = ports.visitors, ports.segments, ports.memberships, ports.stores
    return ReadVisitor(*rows, ports.messages.sends, ports.now)
