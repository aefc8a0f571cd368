"""Who has an account is nobody's business: same answer, same length, same work (A-15)."""

import re
from difflib import unified_diff

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm_site.staff.api import TokenView
from crm_site.staff.models import User
from crm_site.staff.services import create_user, deactivate

pytestmark = pytest.mark.django_db
SAMPLES = 200
CHANGING = re.compile(r'(?:value="|x-csrftoken": ")[A-Za-z0-9]{64}"|"instance":"[^"]*"')


@pytest.fixture
def hashed(monkeypatch):
    """Count how often a password is hashed: the work that takes time."""
    calls = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda self, *args, **more: calls.append(1) or encode(self, *args, **more),
    )
    return calls


def names(prefix):
    return [f"{prefix}{number:03d}" for number in range(SAMPLES)]


def answer_to(send, name, hashed):
    """Return all that shows of an answer: status, headers, body without the name, the work."""
    hashed.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = send(name)
    body = CHANGING.sub("", answer.content.decode()).replace(name, "NAME")
    kinds = [query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]]
    headers = {k: v for k, v in answer.items() if k != "Expires"}
    return answer.status_code, body, len(answer.content), headers, len(hashed), tuple(kinds)


def difference(one, other):
    """Return what differs, in a form that a failed test can show."""
    parts = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return [list(unified_diff(str(a).splitlines(), str(b).splitlines(), n=0)) for a, b in parts]


def somewhere(name):
    """Return a browser at an address of its own, so that no alarm is part of the work."""
    digits = name[-3:]
    address = f"10.0.{int(digits) // 100}.{int(digits) % 100}" if digits.isdecimal() else "10.1.1.1"
    return Client(REMOTE_ADDR=address)


def by_page(name):
    return somewhere(name).post("/accounts/login/", {"username": name, "password": "wrong-Horse-7"})


def by_token(name):
    body = {"username": name, "password": "wrong-Horse-7"}
    return somewhere(name).post("/api/v1/auth/token/", body, "application/json")


@pytest.mark.check("A-15")
@pytest.mark.parametrize("send", [by_page, by_token])
def test_two_hundred_known_and_unknown_names_get_one_answer_for_one_hash(send, hashed, monkeypatch):
    monkeypatch.setattr(TokenView, "throttle_classes", [])
    stored = make_password("right-horse-7")
    User.objects.bulk_create(
        User(username=name, name=name, role="finance", password=stored) for name in names("known")
    )
    known = [answer_to(send, name, hashed) for name in names("known")]
    other = [answer_to(send, name, hashed) for name in names("wrong")]
    first = known[0]
    assert first[0] in (401, 422)
    assert first[4] == 1
    unlike = [answer for answer in [*known, *other] if answer != first]
    assert [difference(first, answer) for answer in unlike[:3]] == []


@pytest.mark.check("A-15")
@pytest.mark.parametrize("state", ["closed", "invited", "second factor"])
@pytest.mark.parametrize("send", [by_page, by_token])
def test_closed_invited_and_guarded_accounts_answer_like_a_name_nobody_has(send, state, hashed, db):
    person = create_user(
        username="known000",
        name="known000",
        role="auditor" if state == "second factor" else "finance",
        node=None,
        password=None if state == "invited" else "Right-horse-7",
    )
    if state == "closed":
        deactivate(user=person, actor=None)
    known, unknown = (answer_to(send, name, hashed) for name in ("known000", "wrong000"))
    assert known[:5] == unknown[:5]
    assert known[4] == 1


@pytest.mark.check("A-15")
def test_a_lock_says_nothing_about_who_exists(hashed, db):
    create_user(
        username="known000", name="known000", role="finance", node=None, password="Right-horse-7"
    )
    for name in ("known000", "wrong000"):
        for _ in range(5):
            by_page(name)
    known, unknown = (answer_to(by_page, name, hashed) for name in ("known000", "wrong000"))
    assert known == unknown
    assert (known[0], known[4]) == (429, 0)


@pytest.mark.check("A-15")
def test_links_to_set_a_password_look_the_same_for_known_and_unknown_accounts(hashed, finance):
    from django.utils.http import urlsafe_base64_encode

    def open_link(key):
        return Client().get(f"/accounts/password/{key}/c0ffee-{'0' * 32}/")

    mine = urlsafe_base64_encode(str(finance.pk).encode())
    nobodys = urlsafe_base64_encode(b"99999999")
    known, unknown = (answer_to(open_link, key, hashed) for key in (mine, nobodys))
    assert known[:2] == unknown[:2]
    assert known[0] == 200
    assert known[4] == unknown[4] == 0


def test_work_for_an_unknown_name_is_what_keeps_the_answers_alike(hashed, finance, monkeypatch):
    """Negative control: without the hash for nobody, the count of hashes tells who exists."""
    from crm_site.staff.backends import RoleBackend

    def quick(self, request, username=None, password=None, **_):
        user = User.objects.filter(username=username).first()
        return user if user is not None and user.check_password(password) else None

    monkeypatch.setattr(RoleBackend, "authenticate", quick)
    known, unknown = (answer_to(by_page, name, hashed)[4] for name in ("finance", "nobody1"))
    assert (known, unknown) == (1, 0)
