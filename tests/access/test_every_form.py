"""Every form that writes: hostile text, ten repeats under one key, fields nobody asked for.

Generated from the forms of all pages, so that nothing new is left out.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from crm_site.common import idempotency
from crm_site.staff import sessions
from tests.access.conftest import World
from tests.access.filling import filled
from tests.access.page_forms import PageForm
from tests.access.page_walk import Forms, forms_of, judge, says_what_to_do
from tests.access.stuffing import STUFFING, twice
from tests.access.test_hostile_pages import LONG, SENT
from tests.access.test_hostile_text import TEXTS

pytestmark = pytest.mark.django_db
REPEATS = 10  # of what makes something; all else is sent thrice
# Forms that keep no answer: secrets, and choices of one's own that are the same a second time.
WITHOUT_KEY = {
    "/accounts/password/": "a password is kept nowhere",
    "/accounts/confirm/": "a password is kept nowhere",
    "/accounts/second-factor/": "a code counts once by itself",
    "/phone/": "a number shown is kept nowhere; every look is a row of the trail",
    "/contact/": "strangers have no session; the same message is known by itself",
    "/enquire/": "strangers have no session; the same lead is known by the key in the form",
    "/q/access2345/": "the same form behind a QR code",
    "/self-service/": "a question of strangers; every one is counted against guessing",
    "/preview/": "writes nothing: shows what an answer would count",
    "/columns/": "writes nothing: leads to the list with these columns",
}
# The forms that make something, by the end of their address: each must be taken in this test.
MAKE = {
    *("/customers/add/", "/meetings/add/", "/upkeep/add/", "/strata/add/", "/tags/add/"),
    *("/tasks/add/", "/staff/add/", "/staff/organisation/", "/interactions/", "/promises/"),
    *("/relations/", "/news/add/", "/views/customers/add/", "/intents/add/", "/layout/add/"),
}
UNCOUNTED = (
    "django_session",
    "staff_logintries",
    "staff_pastpassword",
    "common_answeredrequest",
    "otp_",
)


# What a short form takes like its long one, so no stuffing.
ALSO_TAKEN = {"/quick/save/": {"mood", "intent", "next_step"}}


def counts() -> dict[str, int]:
    """Return the number of rows of every table that holds something of the business."""
    tables = [
        model._meta.db_table
        for model in apps.get_models()
        if not model._meta.db_table.startswith(UNCOUNTED)
    ]
    parts = (f"SELECT '{name}', count(*) FROM {name}" for name in tables)  # noqa: S608 -- models
    query = " UNION ALL ".join(parts)
    with connection.cursor() as cursor:
        cursor.execute(query)
        return dict(cursor.fetchall())


def key_of(form: PageForm) -> str:
    return form["idempotency_key"].values[0] if "idempotency_key" in form.names else ""


def taken(client: Any, url: str, form: PageForm) -> tuple[dict[str, Any], Any] | None:
    """Return what was sent and the answer of the first filling that is taken, if any."""
    for ticked in (False, True):
        data = filled(form, url, ticked=ticked)
        with transaction.atomic():
            answer = client.post(url, data)
            if answer.status_code < 400:
                return data, answer
            transaction.set_rollback(True)
    return None


@pytest.fixture(autouse=True)
def _proof_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who signed in at the start proved it for the whole walk, however long it takes."""
    monkeypatch.setattr(sessions, "FRESH", timedelta(hours=2))


@pytest.fixture(scope="module")
def forms(world: World) -> Forms:
    """Every form that writes, found once."""
    return forms_of(world)


@pytest.mark.check("A-48")
def test_every_form_carries_a_key_or_says_why_not(forms: Forms) -> None:
    without = {
        url
        for url, form, _client in forms
        if not key_of(form) and not any(url.endswith(end) for end in WITHOUT_KEY)
    }
    assert without == set()


@pytest.mark.check("A-48")
def test_ten_repeats_have_one_effect_and_one_answer(forms: Forms) -> None:
    made, wrong = set(), []
    for url, form, client in forms:
        if not key_of(form):
            continue
        with transaction.atomic():
            before = counts()
            first = taken(client, url, form)
            if first is not None:
                makes = {end for end in MAKE if url.split("?")[0].endswith(end)}
                made |= makes
                wrong += repeat(client, url, first, before, REPEATS if makes else 3)
            transaction.set_rollback(True)
    assert wrong == []
    assert MAKE - made == set(), "forms that no filling of this test gets through"


def repeat(client: Any, url: str, first: Any, before: dict[str, int], times: int) -> list[str]:
    """Send the same until it was sent ``times``, then other content under the same key."""
    (data, answer), after = first, counts()
    for number in range(times - 1):
        headers = {"HX-Request": "true"} if number % 2 else {}
        again = client.post(url, data, headers=headers)
        same = (again.status_code, again.headers.get("Location"), again.content) == (
            answer.status_code,
            answer.headers.get("Location"),
            answer.content,
        )
        if not same and again.status_code != 204:
            return [f"{url}: another answer, {again.status_code}"]
    other = client.post(url, {**data, "added": "x"})
    if other.status_code != 409 or not says_what_to_do(other):
        return [f"{url}: other content under the key, {other.status_code}"]
    grown = {name: (before[name], n, after[name]) for name, n in counts().items()}
    return [
        f"{url}: {name} {was} → {then} → {n}"
        for name, (was, n, then) in grown.items()
        if n != then and name != "audit_auditevent"
    ]


@pytest.mark.check("A-48")
def test_without_keys_ten_repeats_make_ten(forms: Forms, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the same ten requests, the keys not looked at."""
    monkeypatch.setattr(idempotency, "_key", lambda _request: "")
    url, form, client = next(found for found in forms if found[0].endswith("/interactions/"))
    before = counts()["customers_interaction"]
    for _ in range(REPEATS):
        assert client.post(url, filled(form, url, ticked=False)).status_code < 400
    assert counts()["customers_interaction"] == before + REPEATS


def post(client: Any, url: str, data: dict[str, Any]) -> Any:
    """Send a form and take back what it wrote."""
    with transaction.atomic():
        answer = client.post(url, data)
        transaction.set_rollback(True)
    return answer


@pytest.mark.check("A-26")
def test_hostile_text_in_every_field(forms: Forms) -> None:
    """Every form with a hostile text in every field, then in what takes text, the rest valid."""
    wrong = []
    assert len(forms) > 40
    for number, (url, form, client) in enumerate(forms):
        texts = {
            control.name: TEXTS[SENT[(number + place) % len(SENT)]]
            for place, control in enumerate(form.typed)
        }
        sent = form.data(**texts, idempotency_key=None)
        wrong += judge(post(client, url, sent), url)
        typed = [control.name for control in form.typed if control.takes_text]
        texts = {name: TEXTS[SENT[(number + 7 + n) % len(SENT)]] for n, name in enumerate(typed)}
        valid = filled(form, url, ticked=False) | texts
        wrong += judge(post(client, url, valid), f"{url} in its texts")
    assert wrong == []


@pytest.mark.check("A-26")
def test_very_long_text(forms: Forms) -> None:
    wrong = []
    for url, form, client in forms[::6]:
        for text in sorted(LONG):
            typed = {control.name: TEXTS[text] for control in form.typed if control.takes_text}
            if typed:
                name, value = list(typed.items())[-1]
                sent = form.data(**{name: value}, idempotency_key=None)
                wrong += judge(post(client, url, sent), f"{url} {text}")
    assert wrong == []


@pytest.mark.check("A-04")
def test_forms_change_only_what_they_show(forms: Forms) -> None:
    """Each form as it is meant and with every column of every model beside it: the same writes."""
    wrong, wrote = [], 0
    for url, form, client in forms:
        data = filled(form, url, ticked=False)
        plain, stuffed, sql = twice(sender(client, url, form, data))
        if stuffed != plain or STUFFING in sql:
            wrong.append(f"{url}: {plain[0]}, {stuffed[0]} {STUFFING in sql}")
        wrote += bool(plain[1])
    assert wrong == []
    assert wrote > 25


def sender(client: Any, url: str, form: PageForm, data: dict[str, Any]) -> Callable[[Any], Any]:
    short = next((end for end in ALSO_TAKEN if url.endswith(end)), "")
    shown = {*form.names, *ALSO_TAKEN.get(short, ())}
    return lambda extra: client.post(url, {k: v for k, v in extra.items() if k not in shown} | data)
