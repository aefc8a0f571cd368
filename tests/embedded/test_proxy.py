"""The reverse proxy as it is shipped, in front of a server of the test's own (A-60).

Runs Debian's Caddy with the shipped file; only the addresses are those of the test.
"""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "crm_site" / "deploy"
MEGABYTE = 1_000_000
INSTALL = "apt-get install caddy"


class Behind(BaseHTTPRequestHandler):
    """The application: reads what it is sent and says how much that was."""

    protocol_version = "HTTP/1.1"
    seen: list[int] = []
    got = 0

    def do_GET(self) -> None:
        self._answer(b"up")

    def do_POST(self) -> None:
        got = self.got = 0
        try:
            for size in iter(self._next, 0):
                got += size
        except (OSError, ValueError):
            self.close_connection = True
            return
        self.seen.append(got)
        self._answer(str(got).encode())

    def _next(self) -> int:
        if self.headers.get("Transfer-Encoding") != "chunked":
            left = int(self.headers["Content-Length"]) - self.got
            size = len(self.rfile.read(min(left, MEGABYTE)))
            self.got += size
            return size
        size = int(self.rfile.readline(), 16)
        self.rfile.read(size + 2)
        return size

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the proxy did not start")


@pytest.fixture
def behind() -> Iterator[ThreadingHTTPServer]:
    Behind.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Behind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def start(tmp_path: Path, behind: ThreadingHTTPServer) -> Iterator[Callable[..., int]]:
    """Start the proxy with the shipped file, changed by ``change``, and return its port.

    ``web`` is where it looks for the application, else the server of the test.
    """
    program = shutil.which("caddy")
    if program is None:
        reason = f"no caddy: {INSTALL}"
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)(reason)
    running = []

    def run(change: Callable[[str], str] = lambda text: text, web: int = 0) -> int:
        port, up = free_port(), free_port()
        text = (DEPLOY / "Caddyfile").read_text().replace(":8081", f":{up}")
        (tmp_path / "Caddyfile").write_text(change(text))
        environment = {
            "HOME": str(tmp_path),
            "SITE_HOST": f"http://127.0.0.1:{port}",
            "TLS_DIRECTIVE": "",
            "WEB_ADDRESS": f"127.0.0.1:{web or behind.server_port}",
            "PAGES": str(DEPLOY / "pages"),
        }
        command = [program, "run", "--adapter", "caddyfile", "--config", "Caddyfile"]
        with (tmp_path / "caddy.log").open("ab") as log:
            running.append(
                subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
            )
        wait_for(port)
        return port

    yield run
    for process in running:
        process.terminate()
        process.wait(timeout=10)


def ask(port: int, method: str, path: str, **more: object) -> tuple[HTTPResponse, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(method, path, **more)  # type: ignore[arg-type]
        answer = connection.getresponse()
        return answer, answer.read().decode()


def announce(port: int, size: int) -> tuple[str, float]:
    """Announce a body of ``size`` bytes, send none, and return the answer and the seconds."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        started = time.monotonic()
        head = f"POST /imports/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {size}\r\n"
        line.sendall(f"{head}Connection: close\r\n\r\n".encode())
        text = b"".join(iter(lambda: line.recv(65536), b""))
        return text.decode(), time.monotonic() - started


@pytest.mark.check("A-60")
def test_a_body_of_a_hundred_megabytes_is_refused_unread_with_a_page(start) -> None:
    port = start()
    text, seconds = announce(port, 100 * MEGABYTE)
    head, _gap, page = text.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 413")
    assert seconds < 1
    assert "拆分文件后分批上传" in page
    assert "Split the file" in page
    assert "x-content-type-options: nosniff" in head.lower()
    assert Behind.seen == []
    sheet, css = ask(port, "GET", "/proxy.css")
    assert (sheet.status, "text/css" in str(sheet.headers["Content-Type"])) == (200, True)
    assert "prefers-color-scheme: dark" in css


@pytest.mark.check("A-60")
def test_without_the_limit_the_application_would_read_it_all(start) -> None:
    """The control: the same body passes a proxy without the two limits."""
    port = start(lambda text: text.replace("error @large 413", "").replace("60MB", "900MB"))
    answer, body = ask(port, "POST", "/imports/", body=b"x" * (61 * MEGABYTE))
    assert (answer.status, body) == (200, str(61 * MEGABYTE))


@pytest.mark.check("A-60")
def test_a_body_that_does_not_say_its_length_ends_at_the_limit(start) -> None:
    port = start()
    chunks = (b"x" * MEGABYTE for _ in range(100))
    try:
        answer, _body = ask(port, "POST", "/imports/", body=chunks, encode_chunked=True,
                            headers={"Transfer-Encoding": "chunked"})  # fmt: skip
        assert answer.status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # the proxy hung up while the rest was sent
    assert Behind.seen == []
    whole = (b"x" * MEGABYTE for _ in range(50))
    answer, body = ask(port, "POST", "/imports/", body=whole, encode_chunked=True,
                       headers={"Transfer-Encoding": "chunked"})  # fmt: skip
    assert (answer.status, body) == (200, str(50 * MEGABYTE))


@pytest.mark.check("A-60")
def test_who_sends_drop_by_drop_loses_the_connection_and_others_are_served(start) -> None:
    port = start(lambda text: text.replace("read_header 10s", "read_header 1s"))
    assert "read_header 10s" in (DEPLOY / "Caddyfile").read_text()
    slow = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(50)]
    for line in slow:
        line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-Drop: ")
    started = time.monotonic()
    answer, body = ask(port, "GET", "/")
    assert (answer.status, body) == (200, "up")
    for line in slow:
        assert not line.recv(10_000).startswith(b"HTTP/1.1 200")
        line.close()
    assert time.monotonic() - started < 10


def test_while_the_application_is_away_people_read_why(start) -> None:
    port = start(web=free_port())
    answer, page = ask(port, "GET", "/customers/")
    assert answer.status in (502, 503)
    assert answer.headers["Retry-After"] == "30"
    assert "系统暂时不可用" in page
    assert "default-src 'none'" in str(answer.headers["Content-Security-Policy"])
