"""A push service that costs little: nginx on a port of 127.0.0.1, HTTP/2 and 1.1 over TLS, which takes everything."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import certifi
from shopbell.local.pushd.authority import Authority, found_authority

# The request's body is read before the answer, as a push service does; `return` alone would answer before it
CONFIGURATION: Final = """
load_module /usr/lib/nginx/modules/ngx_http_echo_module.so;
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    client_body_buffer_size 16k;
    keepalive_requests 100000000;
    keepalive_timeout 300s;
    http2_max_concurrent_streams 100;
    ssl_certificate {leaf};
    ssl_certificate_key {leaf};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:sessions:10m;
    server {{
        listen 127.0.0.1:{port} ssl http2 backlog=4096;
        location / {{ echo_read_request_body; echo_exec @taken; }}
        location @taken {{ add_header location https://127.0.0.1:{port}/m/0:1234567890 always; return 201; }}
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Sink:
    port: int
    authority: Authority
    bundle: Path
    """The authority of the sink among all that a client of the internet trusts."""

    @property
    def origin(self) -> str:
        return f"https://127.0.0.1:{self.port}"


@contextmanager
def sink(folder: Path) -> Iterator[Sink]:
    """While the block runs; SystemExit with what nginx said if it does not start."""
    authority = found_authority(folder, ["localhost"])
    bundle = folder / "bundle.pem"
    bundle.write_bytes(Path(certifi.where()).read_bytes() + authority.ca_file.read_bytes())
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, leaf=authority.leaf_file, port=port))
    command = ["nginx", "-e", f"{folder}/error.log", "-c", str(configuration), "-p", str(folder)]
    with (folder / "said").open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said) as server:
        try:
            if not listening(port, server):
                raise SystemExit(f"nginx does not run: {(folder / 'said').read_text()}")
            yield Sink(port, authority, bundle)
        finally:
            server.terminate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def listening(port: int, server: "subprocess.Popen[bytes]") -> bool:
    """Whether it takes connections within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
