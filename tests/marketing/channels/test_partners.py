"""Partners: co-operation, breaches, checks, the portal (MKT-67, MKT-72, MKT-73, PLT-46)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from crm_site.questionnaires.services import Filled, begin_sheet, ensure_default, save_sheet
from customers.models import Task
from marketing.channels.conduct import SERVICE
from marketing.channels.models import LeadIntake, Partner, PartnerBreach, PartnerCheck, PartnerStaff
from marketing.channels.rules.partners import needs_review, suspends
from marketing.channels.tasks import take_agency_checks
from tests.factories import UserFactory
from tests.marketing.channels.conftest import PHONE, post

pytestmark = pytest.mark.django_db


def breach(key: str, **more: Any) -> dict[str, Any]:
    day = timezone.localdate().isoformat()
    data = {"kind": "promise", "on": day, "note": "承诺返现", "idempotency_key": key}
    return data | more


@pytest.mark.spec("MKT-67")
def test_a_partner_is_entered_begins_with_a_contract_and_ends(client_for, manager, agents, project):
    client = client_for(manager)
    data = {"name": "链家滨江店", "channel": agents.pk, "territory": [project.pk]}
    assert client.post("/partners/add/", data | {"territory": []}).status_code == 422
    assert client.post("/partners/add/", data | {"idempotency_key": "a"}).status_code == 302
    row = Partner.objects.get()
    assert row.state == "candidate"
    url = f"/partners/{row.pk}/"
    begin = {"to": "active", "note": "比选第一"}
    answer = client.post(f"{url}move/", begin | {"idempotency_key": "b"})
    assert answer.status_code == 409  # no contract
    today = timezone.localdate()
    dates = {"starts_on": today.isoformat(), "ends_on": (today - timedelta(days=1)).isoformat()}
    assert client.get(f"{url}edit/").status_code == 200
    form = client.get(f"{url}edit/").context["form"]
    signed = {name: form[name].value() for name in form.fields if name.startswith("edit")}
    assert client.post(f"{url}edit/", data | signed | dates).status_code in (409, 422)
    Partner.objects.update(starts_on=today, ends_on=today + timedelta(days=30))
    assert client.post(f"{url}move/", begin | {"idempotency_key": "c"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "active"
    page = client.get(url).content.decode()
    assert "比选第一" in page
    assert client.post(f"{url}move/", {"to": "candidate", "note": "x"}).status_code == 422


@pytest.mark.spec("MKT-72")
def test_the_second_breach_suspends_and_leads_are_refused(client_for, manager, partner, code):
    client, url = client_for(manager), f"/partners/{partner.pk}/breach/"
    lead = {"key": "L-1", "code": code.code, "name": "高雅琴", "phone": PHONE}
    assert client.post(url, breach("a")).status_code == 302
    assert client.post(url, breach("a")).status_code == 302  # the same form again
    assert PartnerBreach.objects.count() == 1
    partner.refresh_from_db()
    assert partner.state == "active"
    assert client.post(url, breach("b", is_complaint="on")).status_code == 302
    partner.refresh_from_db()
    assert partner.state == "suspended"
    assert PartnerBreach.objects.latest("pk").suspended is True
    answer = post(lead)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:anju:problem:suspended")
    assert not LeadIntake.objects.exists()
    assert client.post(url, breach("c", note="")).status_code == 422
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert client.post(url, breach("d", on=tomorrow)).status_code == 409


def test_breaches_count_within_their_days_and_checks_in_a_row():
    today = timezone.localdate()
    old = today - timedelta(days=365)
    assert not suspends([old, today], today=today, limit=2, days=365)
    assert suspends([old + timedelta(days=1), today], today=today, limit=2, days=365)
    low, high = Decimal(50), Decimal(70)
    assert not needs_review([low, high, low], least=Decimal(60), times=2)
    assert needs_review([high, low, low], least=Decimal(60), times=2)
    assert not needs_review([low], least=Decimal(60), times=2)


@pytest.mark.spec("MKT-73")
def test_an_agency_below_the_score_twice_makes_a_review_task(client_for, manager, partner):
    form = ensure_default(SERVICE)

    def check(points: str, minutes: int) -> None:
        at = timezone.now() + timedelta(minutes=minutes)
        sheet = begin_sheet(questionnaire=form, subject_id=partner.pk, author=manager, now=at)
        answers = {f"q{number}": points for number in range(1, 6)}
        filled = Filled(answers=answers)
        save_sheet(sheet=sheet, filled=filled, complete=True, actor=manager, now=at)
        take_agency_checks()
        take_agency_checks()

    check("3", 0)
    assert PartnerCheck.objects.get().is_below is True
    assert not Task.objects.exists()
    check("4", 1)
    task = Task.objects.get()
    assert (task.owner, task.source, task.subject_id) == (
        manager,
        "partner-review",
        str(partner.pk),
    )
    assert partner.name in task.title
    client = client_for(manager)
    staff = {"name": "王强", "licence_no": "A-1", "idempotency_key": "s"}
    assert client.post(f"/partners/{partner.pk}/staff/", staff).status_code == 302
    again = staff | {"idempotency_key": "t"}
    assert client.post(f"/partners/{partner.pk}/staff/", again).status_code == 409
    page = client.get(f"/partners/{partner.pk}/").content.decode()
    assert "王强" in page
    assert str(PartnerCheck.objects.latest("pk").score) in page


@pytest.mark.spec("PLT-46")
def test_a_partner_registers_leads_and_sees_its_own_only(
    client_for, make_login, partner, rival, project, manager
):
    mine, theirs = client_for(make_login(partner)), client_for(make_login(rival, "rival-wang"))
    data = {"project": project.pk, "name": "高雅琴", "phone": PHONE, "idempotency_key": "k-1"}
    for _twice in range(2):
        assert mine.post("/portal/register/", data).status_code == 302
    intake = LeadIntake.objects.get()
    assert (intake.partner, intake.way) == (partner, "portal")
    own, other = mine.get("/portal/").content.decode(), theirs.get("/portal/").content.decode()
    assert "高**" in own
    assert PHONE not in own
    assert "高雅琴" not in own
    assert "高**" not in other
    assert partner.name not in other
    for path in ("/partners/", f"/partners/{partner.pk}/", "/channels/leads/", "/customers/"):
        assert mine.get(path).status_code == 403, path
    assert mine.get(f"/customers/{intake.customer_id}/").status_code in (403, 404)
    assert client_for(manager).get("/portal/").status_code == 403


@pytest.mark.spec("PLT-46")
def test_the_portal_shows_what_was_earned(client_for, make_login, partner, rival, project, deal):
    mine, theirs = client_for(make_login(partner)), client_for(make_login(rival, "rival-wang"))
    data = {"project": project.pk, "name": "高雅琴", "phone": PHONE, "idempotency_key": "k-1"}
    assert mine.post("/portal/register/", data).status_code == 302
    deal(LeadIntake.objects.get())
    page = mine.get("/portal/")
    assert [row.amount for row in page.context["deals"]] == [Decimal("16000.00")]
    assert [sum_ for _label, sum_ in page.context["pots"]] == [16_000, 0, 0, 0]
    assert list(theirs.get("/portal/").context["deals"]) == []


def test_an_account_without_a_partner_gets_nothing(client_for, org):
    lost = client_for(UserFactory(username="lost", role="partner"))
    assert lost.get("/portal/").status_code == 403
    assert lost.post("/portal/register/", {}).status_code == 403


def test_who_left_and_an_account_that_is_closed_work_for_the_partner_no_longer(
    client_for, manager, partner, rival, make_login
):
    client, login = client_for(manager), make_login(partner)
    person = PartnerStaff.objects.create(partner=partner, name="王强")
    url = f"/partners/{partner.pk}/"
    assert f"{url}staff/{person.pk}/leave/" in client.get(url).content.decode()
    wrong = client.post(f"/partners/{rival.pk}/staff/{person.pk}/leave/")
    assert wrong.status_code == 404
    for _twice in range(2):
        assert client.post(f"{url}staff/{person.pk}/leave/").status_code == 302
    person.refresh_from_db()
    assert person.left_on == timezone.localdate()
    assert client_for(login).get("/portal/").status_code == 200
    access = f"access/{login.partner_user.pk}/close/"
    assert client.post(f"/partners/{rival.pk}/{access}").status_code == 404
    for _twice in range(2):
        assert client.post(f"{url}{access}").status_code == 302
    assert client_for(login).get("/portal/").status_code == 403
    kinds = partner.events.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["staff_left", "portal_closed"]
    page = client.get(url).content.decode()
    assert "/leave/" not in page
    assert f"{url}{access}" not in page
