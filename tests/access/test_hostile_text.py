"""Text that breaks parsers, encoders and integers gets an answer, never an error of ours (A-26)."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Customer
from tests.access.conftest import World

pytestmark = [pytest.mark.django_db, pytest.mark.check("A-26")]
TEXTS = {
    "NUL": "a\x00b",
    "surrogate": "\ud800",
    "megabyte": "x" * 1_000_000,
    "combining marks": "e" + "\u0301" * 100_000,
    "line breaks": "a\r\nSet-Cookie: x=1",
    "full-width digit": "１",
    "huge": str(10**30),
    "digits": "9" * 5000,
    "negative": "-1",
    "fraction": "1.5",
    "infinity": "1e400",
    "not a number": "NaN",
    "format": "%s%(x)s{}${jndi:x}",
    "quotes": "'\";--\\",
    "right to left": "\u202e\u2066x",
    "wildcards": "%_" * 40,
    "tsquery": "a & | ! :* <-> '",
}
QUERY = ("q", "order", "after", "before", "page_size", "owner", "project", "grade", "customer")
LISTS = ("/customers/", "/pool/", "/api/v1/customers/", "/api/v1/leads/", "/api/v1/tasks/")
ENCODED = {name: text.encode("utf-8", "surrogatepass") for name, text in TEXTS.items()}


def quoted(value: bytes) -> str:
    """Return bytes as they stand in an address."""
    return "".join(f"%{byte:02X}" for byte in value)


@pytest.mark.parametrize("name", sorted(set(TEXTS) - {"megabyte", "combining marks"}))
def test_lists(world: World, name: str) -> None:
    client = world.clients["consultant"]
    for path in LISTS:
        for key in QUERY:
            status = client.get(f"{path}?{key}={quoted(ENCODED[name])}").status_code
            assert status in (200, 400, 404, 422), (path, key)


@pytest.mark.parametrize("name", ["megabyte", "combining marks"])
def test_long_questions(world: World, name: str) -> None:
    client = world.clients["consultant"]
    for path in ("/customers/", "/api/v1/customers/"):
        assert client.get(path, {"q": TEXTS[name]}).status_code in (200, 400, 414, 422)


@pytest.mark.parametrize("name", sorted(set(TEXTS) - {"megabyte", "combining marks"}))
@pytest.mark.parametrize("path", ["/customers/{}/", "/api/v1/customers/{}/", "/policies/{}/"])
def test_addresses(world: World, name: str, path: str) -> None:
    client = world.clients["executive"]
    status = client.get(path.format(quoted(ENCODED[name]).replace("%2F", "/"))).status_code
    assert status in (400, 404)


CAPTURE = ("name", "phone", "source", "campaign", "enquiry", "project", "budget_min", "birthday")
CHANGES = ("name", "phone", "gender", "birthday", "annual_income", "email", "intent", "custom")


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_captures(world: World, name: str) -> None:
    client = world.clients["consultant"]
    before = Customer.objects.count()
    for key in CAPTURE:
        body = {"name": "王强", "phone": "13700000001"} | {key: TEXTS[name]}
        for sent in (json.dumps(body).encode(), None):
            if sent is None and name == "surrogate":
                continue
            answer = (
                client.post("/api/v1/customers/", sent, "application/json")
                if sent
                else client.post("/customers/add/", body)
            )
            assert answer.status_code in (200, 201, 302, 400, 413, 422), key
    assert Customer.objects.count() <= before + 1


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_changes(world: World, name: str) -> None:
    client = world.clients["consultant"]
    for key in CHANGES:
        version = Customer.objects.get(pk=world.customer.pk).version
        body = json.dumps({"version": version, "changes": {key: TEXTS[name]}})
        answer = client.patch(
            f"/api/v1/customers/{world.customer.pk}/", body.encode(), "application/json"
        )
        assert answer.status_code in (200, 400), key


SHAPES: dict[str, Any] = {
    "list": [],
    "nested list": [[["x"]]],
    "object": {"a": {"b": 1}},
    "true": True,
    "number": 10**40,
    "fraction": 1.5,
    "null": None,
    "deep": json.loads("[" * 300 + "]" * 300),
}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_values_of_another_shape(world: World, name: str) -> None:
    client = world.clients["consultant"]
    url = f"/api/v1/customers/{world.customer.pk}/"
    for key in (*CHANGES, "kind", "layout", "budget_min", "remark", "version"):
        body = {"version": 1, "changes": {key: SHAPES[name]}}
        assert client.patch(url, body, "application/json").status_code in (200, 400, 409), key
    for body in (
        SHAPES[name],
        {"version": SHAPES[name], "changes": {}},
        {"version": 1, "changes": SHAPES[name]},
    ):
        assert client.patch(url, json.dumps(body), "application/json").status_code in (
            200,
            400,
            409,
        )
    for key in CAPTURE:
        body = {"name": "王强", "phone": "13700000001"} | {key: SHAPES[name]}
        status = client.post("/api/v1/customers/", body, "application/json").status_code
        assert status in (200, 201, 400), key
    steps = {
        f"leads/{world.lead.pk}/move/": ("to", "reason"),
        f"tasks/{world.task.pk}/postpone/": ("due_at", "reason"),
        f"customers/{world.customer.pk}/phone/": ("reason",),
        "interactions/": ("customer", "channel", "content", "next_at", "intent"),
    }
    for path, keys in steps.items():
        for key in keys:
            sent = client.post(f"/api/v1/{path}", {key: SHAPES[name]}, "application/json")
            assert sent.status_code in (200, 201, 400), (path, key)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"name": NaN}', b'{"a": 1e999}', b"null", b"\x00"],
)
def test_broken_bodies(world: World, body: bytes) -> None:
    client = world.clients["consultant"]
    for url in ("/api/v1/customers/", f"/api/v1/leads/{world.lead.pk}/move/"):
        answer = client.post(url, body, "application/json")
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_body_over_the_limit_is_413(world: World) -> None:
    client = world.clients["consultant"]
    body = b'{"name": "' + b"x" * 6_000_000 + b'"}'
    assert client.post("/api/v1/customers/", body, "application/json").status_code == 413
    form = client.post("/customers/add/", {"name": "x" * 6_000_000})
    assert form.status_code == 413


@pytest.mark.parametrize(
    "name", ["a\r\nSet-Cookie: x=1.csv", "../../etc/passwd", "x" * 5000, "\u202e.csv"]
)
def test_file_names(world: World, name: str) -> None:
    file = SimpleUploadedFile("a.csv", "姓名,电话\n王强,13700000001\n".encode())
    file._name = name  # past the cleaning of the test's own side
    answer = world.clients["supervisor"].post(
        "/imports/",
        {"kind": "customer", "file": file},
        headers={"Idempotency-Key": name[:5].strip()},
    )
    assert answer.status_code in (302, 400, 422)
    assert "Set-Cookie: x=1" not in str(answer.headers)


@pytest.mark.parametrize(
    "header", ["Idempotency-Key", "HX-Current-URL", "Accept-Language", "X-CSRFToken"]
)
@pytest.mark.parametrize("text", ["１２", "x" * 5000, "\u202e", "é\ud800"])
def test_headers(world: World, header: str, text: str) -> None:
    client = world.clients["consultant"]
    value = text.encode("utf-8", "surrogatepass").decode("latin-1")
    for path in ("/customers/", "/api/v1/customers/"):
        assert client.get(path, headers={header: value}).status_code in (200, 400)
    answer = client.post("/api/v1/customers/", {}, "application/json", headers={header: value})
    assert answer.status_code == 400
