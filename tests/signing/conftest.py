"""The subscribed unit of the payment tests, an e-sign provider, people who receive files."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from crm_site.outbox.gateway import signature
from crm_site.staff.models import User
from customers.models import Purchase, SigningRequest
from customers.signing.services.requesting import send_online
from customers.signing.services.tending import tend_signings
from tests.conftest import make_user
from tests.factories import Organisation
from tests.payment import conftest as paid

# borrowed fixtures
boss, building, buyer, cashier = paid.boss, paid.building, paid.buyer, paid.cashier
colleague, make_units, project = paid.colleague, paid.make_units, paid.project
seller, signed, subscribed, unit = paid.seller, paid.signed, paid.subscribed, paid.unit

SECRET = "shared-with-the-provider"
PDF = b"%PDF-1.7 signed"


class ESign:
    """A provider over HTTP: answers as it is told, notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.status = {"POST": 200, "GET": 200}
        self.answer = b""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def _take(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                provider.asked.append((self.command, self.path, dict(self.headers), body))
                data = provider._data(self.command, body)
                self.send_response(provider.status[self.command])
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_POST(self) -> None:
                self._take()

            def do_GET(self) -> None:
                self._take()

            def log_message(self, *_args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/esign"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def _data(self, command: str, body: bytes) -> bytes:
        if self.answer:
            return self.answer
        if command == "GET":
            return PDF
        number = json.loads(body)["contract_no"]
        return json.dumps({"id": f"ext-{number}", "url": "https://esign.example/1"}).encode()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def esign(settings: Any) -> Iterator[ESign]:
    provider = ESign()
    settings.ESIGN_URL, settings.ESIGN_SECRET = provider.url, SECRET
    settings.ESIGN_TOKEN = "token"
    yield provider
    provider.close()


@pytest.fixture
def sent(subscribed: Purchase, seller: User, esign: ESign) -> SigningRequest:
    row = send_online(
        purchase=subscribed, contract_no="HT-7", contract=None, actor=seller, now=timezone.now()
    )
    tend_signings(now=timezone.now())
    row.refresh_from_db()
    return row


def report(row: SigningRequest, status: str, *, secret: str = SECRET, **more: Any) -> Any:
    """Post a report of the provider and return the answer; ``age`` in seconds."""
    at = str(int(timezone.now().timestamp()) - more.pop("age", 0))
    body = {"event": uuid4().hex, "request": str(row.key), "status": status} | more
    data = json.dumps(body).encode()
    return Client().post(
        "/api/v1/signing/callbacks/",
        data,
        "application/json",
        headers={"X-Timestamp": at, "X-Signature": signature(secret, at, data)},
    )


@pytest.fixture
def keeper(org: Organisation) -> User:
    return make_user(org, "specialist")
