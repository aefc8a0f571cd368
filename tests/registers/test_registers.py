"""A register described at run time lives its whole life without a line of code of its own."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.common.refusals import NotAllowedError, StaleError
from crm_site.registers.models import RegisterEntry, RegisterEvent
from crm_site.registers.registry import (
    RegisterDefinition,
    RegisterField,
    forget_definition,
    register_definition,
)
from crm_site.registers.services import EntryDraft, add_entry, change_entry, move_subject
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
RISKS = RegisterDefinition(
    key="risks",
    label="Risks",
    item="Risk",
    fields=(
        RegisterField(
            key="level",
            label="Level",
            type="choice",
            choices=(("high", "High"), ("low", "Low")),
            required=True,
        ),
        RegisterField(key="cost", label="Cost", type="number"),
        RegisterField(key="seen_on", label="Seen on", type="date"),
        RegisterField(key="known", label="Known", type="boolean"),
        RegisterField(key="story", label="Story", type="long"),
    ),
    view_permission="customers.view_customer",
    edit_permission="customers.lock_grade",
    review_every=timedelta(days=30),
)
TYPED = {
    "title": "电梯停运",
    "level": "high",
    "cost": "12000.50",
    "seen_on": "2026-05-20",
    "known": "on",
    "story": "雨季",
}


@pytest.fixture(autouse=True)
def risks():
    register_definition(RISKS)
    yield RISKS
    forget_definition("risks")


@pytest.fixture
def page(supervisor, client_for):
    return client_for(supervisor)


def text_of(client, path) -> str:
    answer = client.get(path, headers=ENGLISH)
    assert answer.status_code == 200
    return answer.content.decode()


def add(page, **more) -> RegisterEntry:
    assert page.post("/registers/risks/add/", TYPED | more).status_code == 302
    return RegisterEntry.objects.latest("pk")


def test_a_definition_of_run_time_has_list_form_history_and_end(page, supervisor) -> None:
    entry = add(page)
    assert entry.values == {
        "level": "high",
        "cost": "12000.5",
        "seen_on": "2026-05-20",
        "known": True,
        "story": "雨季",
    }
    assert entry.review_on == timezone.localdate() + timedelta(days=30)
    assert "Risks" in text_of(page, "/registers/")
    detail = f"/registers/entries/{entry.pk}/"
    for path in ("/registers/risks/", detail):
        text = text_of(page, path)
        assert "电梯停运" in text
        assert "High" in text
    changed = page.post(f"{detail}edit/", TYPED | {"level": "low", "version": entry.version})
    assert changed.status_code == 302
    assert "High → Low" in text_of(page, detail)
    assert page.post(f"{detail}review/", {"note": "仍然存在"}).status_code == 302
    assert page.post(f"{detail}close/", {"outcome": "closed"}).status_code == 422
    closing = {"outcome": "closed", "evidence": "维修单 17"}
    assert page.post(f"{detail}close/", closing).status_code == 302
    assert "维修单 17" in text_of(page, detail)
    assert page.post(f"{detail}close/", closing).status_code == 409
    kinds = RegisterEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["added", "changed", "reviewed", "closed"]
    entry.refresh_from_db()
    assert (entry.state, entry.review_on, entry.owner) == ("closed", None, supervisor)


def test_the_list_is_searched_filtered_and_shows_what_is_late(page) -> None:
    late, calm, done = add(page), add(page, title="地下室渗水", level="low"), add(page)
    past = timezone.now() - timedelta(days=1)
    RegisterEntry.objects.filter(pk=late.pk).update(due_at=past, review_on=past.date())
    page.post(f"/registers/entries/{done.pk}/close/", {"outcome": "closed", "evidence": "x"})

    def found(query: str) -> list[int]:
        rows = page.get(f"/registers/risks/?{query}").context["rows"]
        return sorted(line.entry.pk for line in rows)

    assert found("") == [late.pk, calm.pk, done.pk]
    assert found("q=渗水") == [calm.pk]
    assert found("level=high&state=open") == [late.pk]
    assert found("state=overdue") == [late.pk]
    assert found("state=review") == [late.pk]
    assert found("state=closed") == [done.pk]
    assert found("mine=true") == [late.pk, calm.pk, done.pk]
    assert page.get("/registers/risks/?level=medium").status_code == 422
    assert "c-red b" in text_of(page, "/registers/risks/?state=overdue")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": ""}, "title"),
        ({"level": ""}, "level"),
        ({"level": "x"}, "level"),
        ({"cost": "viel"}, "cost"),
        ({"seen_on": "2026-02-30"}, "seen_on"),
    ],
)
def test_what_does_not_fit_the_definition_is_refused(page, typed, field) -> None:
    answer = page.post("/registers/risks/add/", TYPED | typed)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not RegisterEntry.objects.exists()


def test_the_service_checks_as_the_form_does(supervisor, now) -> None:
    for values in ({"level": "x"}, {}, {"level": "low", "other": 1}, {"level": "low", "cost": "n"}):
        draft = EntryDraft(title="x", values=values)
        with pytest.raises(ValidationError):
            add_entry(register="risks", draft=draft, actor=supervisor, now=now)
    assert not RegisterEntry.objects.exists()


def test_two_who_change_it_at_once_do_not_overwrite_each_other(supervisor, page, now) -> None:
    entry = add(page)
    draft = EntryDraft(title="neu", values={"level": "low"})
    change = {"entry": entry, "draft": draft, "version": 1, "actor": supervisor, "now": now}
    change_entry(**change)
    with pytest.raises(StaleError):
        change_entry(**change)
    answer = page.post(f"/registers/entries/{entry.pk}/edit/", TYPED | {"version": 1})
    assert answer.status_code == 409
    entry.refresh_from_db()
    assert (entry.title, entry.version) == ("neu", 2)


def test_who_may_look_but_not_keep_it_changes_nothing(client_for, page, consultant, auditor, now):
    entry = add(page)
    reader = client_for(consultant)
    assert reader.get("/registers/risks/").status_code == 200
    assert reader.post("/registers/risks/add/", TYPED).status_code == 403
    assert reader.post(f"/registers/entries/{entry.pk}/close/", {}).status_code == 403
    assert client_for(auditor).get("/registers/risks/").status_code == 403
    assert client_for(auditor).get("/registers/").status_code == 403
    assert page.get("/registers/nothing/").status_code == 404
    draft = EntryDraft(title="x", values={"level": "low"})
    with pytest.raises(NotAllowedError):
        add_entry(register="risks", draft=draft, actor=consultant, now=now)
    assert RegisterEntry.objects.count() == 1


def test_entries_follow_their_subject_after_a_merge(consultant, supervisor, now) -> None:
    one, other = CustomerFactory(owner=consultant), CustomerFactory(owner=consultant)
    draft = EntryDraft(title="x", values={"kind": "try", "promised_by": "a"}, subject_id=one.pk)
    entry = add_entry(register="promises", draft=draft, actor=consultant, now=now)
    order = {"subject_kind": "customer", "from_id": one.pk, "to_id": other.pk}
    assert move_subject(actor=supervisor, now=now, **order) == [entry.pk]
    assert move_subject(actor=supervisor, now=now, **order) == []
    entry.refresh_from_db()
    assert entry.subject_id == other.pk


def test_the_list_costs_the_same_for_one_entry_and_for_twenty(page) -> None:
    counts = []
    for number in (1, 19):
        for _one in range(number):
            add(page)
        page.get("/registers/risks/")
        with CaptureQueriesContext(connection) as captured:
            assert page.get("/registers/risks/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
