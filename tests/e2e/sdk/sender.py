"""pywebpush as the sender of the SDK tests, with its connections led to the stand-ins."""

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives import serialization
from py_vapid import Vapid
from pywebpush import WebPusher, WebPushException, webpush
from requests.adapters import HTTPAdapter

from tests.e2e.browsers.push_services import PushServices
from tests.e2e.browsers.service import PUSH_CONNECT

Json = dict[str, object]


class _Redirected(HTTPAdapter):
    """Connects to 127.0.0.1 while name, certificate check and VAPID audience stay those of the real host."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        names = {"server_hostname": self._host, "assert_hostname": self._host}
        super().init_poolmanager(connections, maxsize, block, **options, **names)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        request.headers["Host"] = self._host
        request.url = f"https://127.0.0.1:{self._port}{urlsplit(str(request.url)).path}"
        return super().send(request, *args, **options)


@dataclass(frozen=True, slots=True)
class Sender:
    session: requests.Session
    vapid: Vapid

    @property
    def public_key(self) -> str:
        point = self.vapid.public_key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    def send(self, subscription: Json, payload: Json | str, topic: str | None = None) -> int:
        """The push service's status."""
        text = payload if isinstance(payload, str) else json.dumps(payload)
        try:
            response = webpush(
                subscription,
                text,
                vapid_private_key=self.vapid,
                vapid_claims={"sub": "mailto:ops@example.com"},
                ttl=60,
                headers={"Topic": topic} if topic else {},
                timeout=60,
                requests_session=self.session,
            )
        except WebPushException as refused:
            return int(refused.response.status_code) if refused.response is not None else 0
        return int(response.status_code)

    def send_tampered(self, subscription: Json, payload: Json) -> int:
        """One bit of the ciphertext is wrong, which only the browser can find out."""
        endpoint = str(subscription["endpoint"])
        body = bytearray(WebPusher(subscription).encode(json.dumps(payload).encode())["body"])
        body[-1] ^= 1
        service = "{0.scheme}://{0.netloc}".format(urlsplit(endpoint))
        signed = self.vapid.sign({"aud": service, "sub": "mailto:ops@example.com"})
        headers = {**signed, "TTL": "60", "Content-Encoding": "aes128gcm"}
        return self.session.post(endpoint, data=bytes(body), headers=headers, timeout=60).status_code


def make_sender(services: PushServices) -> Sender:
    session = requests.Session()
    session.trust_env = False
    session.verify = str(services.ca_file)
    for redirection in services.push_env()[PUSH_CONNECT].split(","):
        source, _, target = redirection.partition("=")
        host, port = source.split(":")[0], int(target.rpartition(":")[2])
        session.mount(f"https://{host}", _Redirected(host, port))
    return Sender(session, new_vapid())


def new_vapid() -> Vapid:
    vapid = Vapid()
    vapid.generate_keys()
    return vapid
