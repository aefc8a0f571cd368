"""Two people with one form open: nobody's change is overwritten unseen (A-49)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analytics.improvement.people_models import Appraisal
from analytics.reviews.meeting_models import Filing
from analytics.reviews.report_models import PerformanceReport
from crm_site.common import edits
from crm_site.staff import sessions
from customers.models import Customer, Tag
from customers.services.ownership import assign_customer
from customers.services.tasks import postpone_task
from marketing.selling.models import SalesPlan
from service.care.models import FundProposal
from service.surveys.models import Survey
from tests.access.conftest import World, log_in
from tests.access.doors import DOORS
from tests.access.page_forms import PageForm, posting_forms
from tests.access.test_doors import ADDRESSES
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.check("A-49")]

# door -> who has the form open first, who second, and the control that is changed; where only one
# person may edit, the two are two browsers of that person
EDITS: dict[str, tuple[str, str, str]] = {
    "analytics:market-edit": ("head_office", "head_office", "source"),
    "analytics:churn-loss": ("consultant", "supervisor", "note"),
    "analytics:winback-plan": ("consultant", "supervisor", "offer"),
    "analytics:performance-report-edit": ("service_manager", "executive", "satisfaction"),
    "analytics:measure-edit": ("service_manager", "executive", "cause"),
    "analytics:management-review-edit": ("executive", "head_office", "attendees"),
    "analytics:filing-edit": ("head_office", "head_office", "comment"),
    "analytics:programme-edit": ("service_manager", "executive", "aim"),
    "analytics:pdca-item-edit": ("service_manager", "executive", "title"),
    "analytics:appraisal-edit": ("supervisor", "executive", "value_evidence"),
    "marketing:sales-plan-edit": ("supervisor", "marketing", "reason"),
    "marketing:sales-office-edit": ("supervisor", "executive", "address"),
    "marketing:interview-programme-edit": ("marketing", "service_manager", "aim"),
    "customers:customer-edit": ("consultant", "supervisor", "city"),
    "customers:customer-group": ("consultant", "supervisor", "managed_estate"),
    "customers:meeting-edit": ("consultant", "supervisor", "place"),
    "customers:upkeep-edit": ("consultant", "supervisor", "area"),
    "customers:stratum-edit": ("marketing", "executive", "strategy"),
    "customers:project-edit": ("executive", "head_office", "address"),
    "customers:part-edit": ("executive", "head_office", "text"),
    "customers:unit-edit": ("executive", "head_office", "number"),
    "customers:node-edit": ("engineering", "executive", "note"),
    "customers:notice-edit": ("specialist", "service_manager", "title"),
    "customers:repair-policy-edit": ("service_manager", "finance", "covers"),
    "customers:delivery-edit": ("specialist", "service_manager", "name"),
    "customers:tag-edit": ("supervisor", "executive", "name"),
    "customers:text-edit": ("marketing", "executive", "title"),
    "customers:news-edit": ("marketing", "executive", "title"),
    "marketing:channel-edit": ("marketing", "channel", "strategy"),
    "marketing:partner-edit": ("channel", "channel", "note"),
    "marketing:promotion-edit": ("marketing", "marketing", "name"),
    "marketing:campaign-edit": ("marketing", "marketing", "aim"),
    "marketing:placement-edit": ("marketing", "marketing", "title"),
    "marketing:cost-allocate": ("finance", "finance", "channel_code"),
    "marketing:advert-edit": ("marketing", "marketing", "title"),
    "marketing:advert-write": ("marketing", "marketing", "text"),
    "marketing:asset-edit": ("marketing", "marketing", "title"),
    "marketing:content-message": ("marketing", "marketing", "headline"),
    "marketing:public-story-edit": ("marketing", "marketing", "title"),
    "marketing:live-session-edit": ("marketing", "marketing", "title"),
    "marketing:community-edit": ("marketing", "marketing", "name"),
    "marketing:project-feed-edit": ("marketing", "marketing", "steps"),
    "marketing:segment-edit": ("marketing", "executive", "note"),
    "marketing:holding-edit": ("consultant", "supervisor", "note"),
    "service:article-file": ("service_manager", "executive", "phrasings"),
    "service:service-edit": ("service_manager", "executive", "provider"),
    "service:centre-unit-edit": ("service_manager", "executive", "charge"),
    "service:care-event-edit": ("specialist", "service_manager", "title"),
    "service:care-issue-edit": ("specialist", "service_manager", "title"),
    "service:care-proposal-edit": ("specialist", "service_manager", "title"),
    "service:contractor-edit": ("engineering", "service_manager", "note"),
    "service:delay-term": ("specialist", "service_manager", "agreement"),
    "service:story-edit": ("service_manager", "service_manager", "title"),
    "service:survey-edit": ("service_manager", "service_manager", "title"),
    "service:ticket-class-edit": ("service_manager", "executive", "name"),
    "service:ticket-edit": ("specialist", "service_manager", "subject"),
    "service:touchpoint-edit": ("service_manager", "service_manager", "standard"),
    "service:upkeep-edit": ("specialist", "service_manager", "goal"),
    "service:upkeep-item-edit": ("specialist", "service_manager", "title"),
    "documents:document-edit": ("marketing", "executive", "title"),
    "marketing:batch-edit": ("marketing", "marketing", "name"),
    "marketing:message-text-edit": ("marketing", "marketing", "title"),
    "questionnaires:questionnaire-edit": ("marketing", "executive", "title"),
    "registers:entry-edit": ("consultant", "supervisor", "title"),
    "exports:export-change": ("supervisor", "supervisor", "reason"),
    "staff:user-detail": ("sysadmin", "sysadmin", "node"),
}
EDITING = {"edit", "change", "propose"}  # how the names of doors that edit a record end


def address(world: World, name: str) -> str:
    return reverse(name, kwargs=world.arguments(set(ADDRESSES[name]), DOORS[name].model))


def opened(client: Client, url: str, name: str) -> PageForm:
    """Return the form with the control ``name`` of the page at ``url``."""
    page = client.get(url)
    assert page.status_code == 200, url
    return next(form for form in posting_forms(page) if name in form.names)


def sent(client: Client, url: str, form: PageForm, **changes: Any) -> Any:
    return client.post(form.action or url, form.data(idempotency_key=None, **changes))


def others(form: PageForm, name: str) -> tuple[str, str]:
    """Return two values that the control does not hold."""
    control = form[name]
    if control.kind == "select":
        free = [value for value in control.options if value and [value] != control.values]
        return free[0], free[1]
    if control.kind == "checkbox":
        return "", "on"
    return "甲改在此", "乙改在此"


def editors(world: World, name: str) -> tuple[Client, Client, str]:
    """Return the browsers of the first and of the second editor, and the control they change."""
    one, two, field = EDITS[name]
    second = world.clients[two] if two != one else log_in(world.people[two])
    return world.clients[one], second, field


@pytest.fixture(autouse=True)
def _editable(world: World) -> None:
    """Make drafts of what is out already, and a meeting to come of that of the world."""
    now, meeting = timezone.now(), world.meeting
    type(meeting).objects.filter(pk=meeting.pk).update(
        starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=1, hours=1)
    )
    item = world.telling.news
    type(item).objects.filter(pk=item.pk).update(published_at=None, author=None)
    PerformanceReport.objects.update(state="open", published_at=None)
    Appraisal.objects.update(state="draft")
    SalesPlan.objects.update(state="draft")
    Filing.objects.update(
        report=PerformanceReport.objects.first(), summary="平稳", handed_at=now, comment="好"
    )
    FundProposal.objects.filter(pk=world.service["proposal_id"]).update(state="draft")
    Survey.objects.filter(pk=world.service["survey_id"]).update(state="draft", opened_at=None)


@pytest.fixture(autouse=True)
def _proof_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who signed in at the start proved it for the whole walk, however long it takes."""
    monkeypatch.setattr(sessions, "FRESH", timedelta(hours=2))


def test_every_door_that_edits_a_record_is_tried_here() -> None:
    editing = {
        name
        for name, door in DOORS.items()
        if {"GET", "POST"} <= door.gates.keys() and name.rsplit("-", 1)[-1] in EDITING
    }
    # a budget is changed only from the amount that was seen: tests/marketing/campaigns/test_money
    others_hold = {"policies:policy-propose", "customers:playbook-edit", "marketing:budget-edit"}
    assert editing <= EDITS.keys() | others_hold


@pytest.mark.parametrize("name", sorted(EDITS))
def test_the_second_editor_sees_three_versions_and_decides(world: World, name: str) -> None:
    url = address(world, name)
    first, second, field = editors(world, name)
    mine, theirs = opened(first, url, field), opened(second, url, field)
    base = mine[field].values
    one, two = others(mine, field)

    assert sent(second, url, theirs, **{field: one}).status_code == 302
    refused = sent(first, url, mine, **{field: two})
    assert refused.status_code == 409
    again = next(form for form in posting_forms(refused) if field in form.names)
    if again[field].kind != "select":
        (row,) = refused.context["form"].conflicts
        assert (row.theirs, row.mine, row.is_open) == (one, two, True)
        assert row.base == "".join(base)
    assert opened(second, url, field)[field].values == [one], "nothing was written"

    kept = sent(first, url, again)
    assert kept.status_code == 302
    assert opened(second, url, field)[field].values == [two]


@pytest.mark.parametrize("name", sorted(EDITS))
def test_what_stands_can_be_taken_over(world: World, name: str) -> None:
    url = address(world, name)
    first, second, field = editors(world, name)
    mine, theirs = opened(first, url, field), opened(second, url, field)
    one, two = others(mine, field)
    assert sent(second, url, theirs, **{field: one}).status_code == 302
    refused = sent(first, url, mine, **{field: two})
    again = next(form for form in posting_forms(refused) if field in form.names)
    taken = sent(first, url, again, **{f"take.{field}": "theirs"})
    assert taken.status_code == 302
    assert opened(second, url, field)[field].values == [one]


@pytest.mark.parametrize("name", sorted(EDITS))
def test_without_the_comparison_the_first_change_is_lost(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the request that the guard refuses overwrites unseen without it."""
    url = address(world, name)
    first, second, field = editors(world, name)
    mine, theirs = opened(first, url, field), opened(second, url, field)
    one, two = others(mine, field)
    assert sent(second, url, theirs, **{field: one}).status_code == 302
    changes = {field: two}
    if "version" in mine.names:  # a guard of its own, not the one that is switched off
        changes["version"] = opened(first, url, field)["version"].values[0]
    assert sent(first, url, mine, **changes).status_code == 409
    assert opened(second, url, field)[field].values == [one]
    monkeypatch.setattr(edits.Edit, "has_moved", lambda self, form, standing: False)
    assert sent(first, url, mine, **changes).status_code == 302
    assert opened(second, url, field)[field].values == [two]


def test_a_field_only_the_other_touched_is_taken_over(world: World) -> None:
    """Two fields, two editors: sending again keeps both changes."""
    url, client = address(world, "customers:customer-edit"), world.clients["consultant"]
    mine, theirs = opened(client, url, "city"), opened(client, url, "city")
    sent(client, url, theirs, city="宁波")
    refused = sent(client, url, mine, occupation="医生")
    assert refused.status_code == 409
    (row,) = refused.context["form"].conflicts
    assert (row.base, row.theirs, row.mine, row.is_open) == ("", "宁波", "", False)
    again = next(form for form in posting_forms(refused) if "city" in form.names)
    assert sent(client, url, again).status_code == 302
    customer = Customer.objects.get(pk=world.customer.pk)
    assert (customer.city, customer.occupation) == ("宁波", "医生")


def test_a_change_during_the_comparison_is_compared_again(world: World) -> None:
    url, client = address(world, "customers:tag-edit"), world.clients["supervisor"]
    mine = opened(client, url, "name")
    Tag.objects.filter(pk=world.tag.pk).update(name="二")
    again = sent(client, url, mine, name="三")
    assert again.status_code == 409
    Tag.objects.filter(pk=world.tag.pk).update(name="四")
    form = next(form for form in posting_forms(again) if "name" in form.names)
    assert sent(client, url, form, **{"take.name": "theirs"}).status_code == 409
    assert Tag.objects.get(pk=world.tag.pk).name == "四"


@pytest.mark.parametrize(
    "base",
    ["", "x", signing.dumps(["x", 1, {}], salt=edits.SALT)],
    ids=["empty", "broken", "of another form"],
)
def test_a_form_whose_start_cannot_be_read_is_compared_with_what_stands(
    world: World, base: str
) -> None:
    url, client = address(world, "customers:tag-edit"), world.clients["supervisor"]
    mine = opened(client, url, "name")
    answer = sent(client, url, mine, name="别的", edit_base=base)
    assert answer.status_code == 409
    assert Tag.objects.get(pk=world.tag.pk).name == "学区"


def test_a_base_of_another_person_or_record_does_not_count(world: World) -> None:
    url = address(world, "customers:tag-edit")
    foreign = opened(world.clients["executive"], url, "name")["edit_base"].values[0]
    client = world.clients["supervisor"]
    mine = opened(client, url, "name")
    assert sent(client, url, mine, name="别的", edit_base=foreign).status_code == 409


def test_a_policy_proposal_starts_from_what_is_in_force(world: World) -> None:
    """A change that came into force while the proposal was typed is not taken back by it."""
    from crm_site.policies.models import PolicyVersion
    from customers.policies import MANDATORY

    url, client = address(world, "policies:policy-propose"), world.clients["executive"]
    page = client.get(url)
    form = next(form for form in posting_forms(page) if "reason" in form.names)
    box = next(one for one in form.controls if one.takes_text and one.name != "reason")
    held = PolicyVersion.objects.get(key=MANDATORY, version=1)
    other = sent(client, url, form, reason="先改", **{box.name: "phone, name"})
    assert other.status_code == 302
    PolicyVersion.objects.filter(key=MANDATORY, version=2).update(
        state="approved", valid_from=held.valid_from, approver=world.people["head_office"]
    )
    refused = sent(client, url, form, reason="后改")
    assert refused.status_code == 409
    (row,) = refused.context["form"].conflicts
    assert row.base != row.theirs
    assert not PolicyVersion.objects.filter(key=MANDATORY, version=3).exists()


@pytest.mark.parametrize("guarded", [True, False])
def test_an_action_on_what_no_longer_stands_is_refused(world: World, guarded: bool) -> None:
    """Without the value the page showed, the negative control, the other's decision is lost."""
    task, client = world.task, world.clients["consultant"]
    record = client.get(f"/customers/{world.customer.pk}/")
    form = next(
        form for form in posting_forms(record) if form.action == f"/tasks/{task.pk}/postpone/"
    )
    theirs, mine = NOW.replace(year=2027), "2028-01-01T09:00"
    postpone_task(task=task, due_at=theirs, actor=world.people["supervisor"], now=NOW)
    changes = {"due_at": mine} | ({} if guarded else {"seen": None})
    answer = sent(client, "", form, **changes)
    task.refresh_from_db()
    if guarded:
        assert answer.status_code == 409
        assert "2027-05-20 10:32" in answer.content.decode()
        assert task.due_at == theirs
    else:
        assert answer.status_code == 302
        assert task.due_at.year == 2028


def test_a_customer_assigned_meanwhile_is_not_assigned_again(world: World) -> None:
    boss = world.clients["supervisor"]
    form = next(
        form
        for form in posting_forms(boss.get(f"/customers/{world.customer.pk}/"))
        if form.action.endswith("/assign/")
    )
    other = world.people["consultant_b"]
    assign_customer(
        customer=world.customer,
        owner=other,
        actor=world.people["supervisor"],
        reason="休假",
        now=NOW,
    )
    answer = sent(boss, "", form, owner=str(world.people["consultant"].pk), reason="回来")
    assert answer.status_code == 409
    assert other.name in answer.content.decode()
    assert Customer.objects.get(pk=world.customer.pk).owner == other
