"""What another side asks for in the header Retry-After, of push services and of receivers of webhooks alike."""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from shopbell.domain.clock import SECOND, Duration, Instant


def retry_after(headers: Mapping[str, str], now: Instant, most: Duration) -> Duration | None:
    """In seconds or as an HTTP date (RFC 9110 10.2.3), up to `most`; None when absent or unreadable."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        wait = int(text[:9]) * SECOND
    else:
        try:
            until = parsedate_to_datetime(text)
            # an HTTP date is in GMT, also where it does not say so (RFC 9110 5.6.7)
            until = until if until.tzinfo else until.replace(tzinfo=UTC)
            wait = int(until.timestamp()) * SECOND - now
        except (ValueError, OverflowError):
            return None
    return max(0, min(wait, most))
