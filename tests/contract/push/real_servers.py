"""Servers that the world runs, on a port of 127.0.0.1 for as long as a test needs them: nginx and nghttpd."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from shopbell.local.pushd.authority import Authority

NGINX: Final = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    ssl_certificate {leaf};
    ssl_certificate_key {leaf};
    {more}
    server {{
        listen 127.0.0.1:{port} ssl http2;
        location / {{ return 404; }}
        location /push/ {{ return 201; }}
        location /gone/ {{ return 410; }}
        location /later/ {{ add_header retry-after 120 always; return 429; }}
        location /broken/ {{ return 503; }}
        location /moved/ {{ return 307 https://127.0.0.1:{port}/push/; }}
        location /said/ {{ return 400 '{{"reason":"BadTopic"}}'; }}
        location /cut/ {{ return 444; }}
    }}
}}
"""


@contextmanager
def nginx(folder: Path, authority: Authority, more: str = "") -> Iterator[int]:
    """Its port; `more` is put among the settings of HTTP."""
    port = _free_port()
    text = NGINX.format(folder=folder, leaf=authority.leaf_file, port=port, more=more)
    (folder / "nginx.conf").write_text(text)
    command = ["nginx", "-e", f"{folder}/error.log", "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    with _running(command, port):
        yield port


@contextmanager
def nghttpd(folder: Path, authority: Authority, *options: str) -> Iterator[int]:
    """Its port; what is posted comes back."""
    port, leaf = _free_port(), str(authority.leaf_file)
    own = ["--address=127.0.0.1", f"--htdocs={folder}", "--echo-upload"]
    with _running(["nghttpd", *own, *options, str(port), leaf, leaf], port):
        yield port


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[None]:
    found = shutil.which(command[0], path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if found is None:
        pytest.skip(f"{command[0]} is not installed; scripts/apt.sh brings it")
    with subprocess.Popen([found, *command[1:]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port, server)
            yield
        finally:
            server.terminate()


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{server.args!r} does not run")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
