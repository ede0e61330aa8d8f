"""The preferences that make a fresh Firefox profile quiet, offline and ready for push."""

Pref = str | int | bool

# Nothing may leave the machine: everything but loopback goes to a proxy that does not exist.
OFFLINE: dict[str, Pref] = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "localhost, 127.0.0.1",
    "network.trr.mode": 5,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.manage-offline-status": False,
    "services.settings.server": "data:,#x",
    "browser.region.network.url": "",
    "geo.provider.network.url": "",
}

QUIET: dict[str, Pref] = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.activity-stream.feeds.system.topstories": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    # one that had to be killed would bring back the tabs of earlier tests, and one of those in front
    "browser.sessionstore.resume_from_crash": False,
    "toolkit.startup.max_resumed_crashes": -1,
    "browser.topsites.contile.enabled": False,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "startup.homepage_welcome_url": "about:blank",
    "termsofuse.bypassNotification": True,
    "toolkit.cosmeticAnimations.enabled": False,
    "toolkit.telemetry.server": "",
}

# Firefox under remote control takes "recommended" preferences, which switch push off; then subscribe() fails
# at once with "Error retrieving push subscription".
PUSH: dict[str, Pref] = {
    "dom.push.connection.enabled": True,
    "dom.push.retryBaseInterval": 200,
    "dom.push.testing.allowInsecureServerURL": True,
    "remote.prefs.recommended": False,
    "permissions.default.desktop-notification": 0,
    "security.notification_enable_delay": 0,
    # a machine that stalls between the click and the question must not eat the user's gesture
    "dom.user_activation.transient.timeout": 60_000,
}


def preferences(push_socket: str) -> dict[str, Pref]:
    return {
        **OFFLINE,
        **QUIET,
        **PUSH,
        "dom.push.serverURL": push_socket,
        "marionette.port": 0,
    }
