"""The authorizer with everything it needs."""

from functools import cache

from shopbell.runtime import clients, clock, settings
from shopbell.runtime.http.keyring import Keyring
from shopbell.runtime.http.settings import AuthorizeSettings


@cache
def keyring() -> Keyring:
    return Keyring(clients.stores(settings.read(AuthorizeSettings).config_table), clock.now)
