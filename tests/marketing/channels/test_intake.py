"""Leads by web form, QR code and signed interface, each once (MKT-66, MKT-67, MKT-71)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer, Lead, VocabularyTerm
from marketing.campaigns.models import Campaign
from marketing.channels.models import Channel, LeadIntake
from marketing.channels.rules.kinds import ChannelType
from marketing.channels.selectors import channel_of, type_of, types_by_code
from marketing.channels.services.appraising import ensure_channels
from tests.marketing.channels.conftest import PHONE, post

pytestmark = pytest.mark.django_db


def signed(code: Any, key: str = "L-1", **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "source": "fang",
        "code": code.code,
        "name": "高雅琴",
        "phone": PHONE,
    } | more


def form(**more: Any) -> dict[str, Any]:
    return {"name": "高雅琴", "phone": PHONE, "key": "form-key-1"} | more


def nothing_written() -> bool:
    return not (LeadIntake.objects.exists() or Customer.objects.exists() or Lead.objects.exists())


@pytest.mark.check("A-12")
@pytest.mark.parametrize("how", [{"secret": "guessed"}, {"age": 400}, {"age": -400}])
def test_a_forged_or_old_lead_is_refused_and_nothing_written(code, how):
    answer = post(signed(code), **how)
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:anju:problem:signature"
    assert nothing_written()


def test_without_a_secret_nobody_is_believed(code, settings):
    settings.INTAKE_SECRET = ""
    assert post(signed(code), secret="").status_code == 403
    assert post(signed(code), secret="none").status_code == 403
    assert nothing_written()


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"key": ""}, 400),
        ({"code": "unknown"}, 400),
        ({"code": "", "project": "nowhere"}, 400),
        ({"phone": ""}, 400),
        ({"phone": "12"}, 400),
        ({"name": ["x"]}, 400),
        ({"channel": "telepathy"}, 400),
        ({"enquiry": "x" * 501}, 400),
    ],
)
def test_an_unreadable_lead_writes_nothing(code, more, status):
    answer = post(signed(code) | more)
    assert (answer.status_code, answer.json()["type"]) == (status, "urn:anju:problem:unreadable")
    assert nothing_written()


def test_bytes_that_are_no_object_are_refused(code):
    assert post(b"[]").status_code == 400
    assert post(b"{").status_code == 400
    assert post(b"x" * 70_000).status_code == 413
    assert nothing_written()


def test_a_lead_sent_again_is_one_lead(code, partner):
    first, again = post(signed(code)).json(), post(signed(code, name="别人")).json()
    assert (first["result"], again["result"]) == ("applied", "replayed")
    assert first["number"] == again["number"]
    intake = LeadIntake.objects.get()
    assert (intake.way, intake.partner, intake.channel_code) == ("api", partner, "agent")
    assert Customer.objects.get().name == "高雅琴"
    assert Lead.objects.get().source == "agent"
    other = post(signed(code, key="L-1", source="beike")).json()
    assert other["result"] == "applied"  # another source numbers for itself


def test_the_qr_code_leads_to_a_form_that_makes_a_lead_of_its_partner(code, partner, project):
    browser, url = Client(), f"/q/{code.code}/"
    assert project.name in browser.get(url).content.decode()
    pages = [browser.post(url, form()) for _twice in range(2)]
    assert {page.status_code for page in pages} == {200}
    intake = LeadIntake.objects.get()
    assert (intake.way, intake.partner, intake.project) == ("qr", partner, project)
    kinds = list(intake.case.events.values_list("kind", flat=True))
    assert kinds == ["reported", "verified"]
    code.is_active = False
    code.save()
    assert browser.get(url).status_code == 404


def test_an_advert_names_channel_and_campaign(project, manager):
    Campaign.objects.create(
        code="spring",
        name="春季",
        kind="digital",
        project=project,
        phase="peak",
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate(),
        owner=manager,
        aim="x",
        created_by=manager,
    )
    browser = Client()
    url = "/enquire/?utm_source=baidu&utm_campaign=spring&utm_medium=cpc"
    page = browser.get(url.replace("baidu", "search_engine")).content.decode()
    assert 'value="search_engine"' in page
    sent = form(project=project.pk, utm_source="search_engine", utm_campaign="spring")
    assert browser.post("/enquire/", sent).status_code == 200
    lead, intake = Lead.objects.get(), LeadIntake.objects.get()
    assert (lead.source, lead.campaign) == ("search_engine", "spring")
    assert intake.utm == {"utm_source": "search_engine", "utm_campaign": "spring"}
    sent = form(project=project.pk, utm_campaign="none-such", key="form-key-2", phone="13800138001")
    assert browser.post("/enquire/", sent).status_code == 200
    second = Lead.objects.latest("pk")
    assert (second.source, second.campaign) == ("website", "none")


@pytest.mark.parametrize("more", [{"phone": "12"}, {"name": ""}, {"project": 999}])
def test_the_form_says_what_is_missing(project, more):
    answer = Client().post("/enquire/", form(project=project.pk) | more)
    assert answer.status_code == 422
    assert nothing_written()


def test_a_machine_that_fills_the_trap_is_thanked_and_forgotten(project):
    assert Client().post("/enquire/", form(project=project.pk, website="x")).status_code == 200
    assert nothing_written()


def test_the_eleventh_form_of_an_address_waits(project):
    answers = [
        Client().post(
            "/enquire/", form(project=project.pk, key=f"form-key-{n}", phone=f"138001380{n:02d}")
        )
        for n in range(11)
    ]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]


@pytest.mark.spec("MKT-67")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ends_on": -1}, "expired"),
        ({"starts_on": 1}, "not_begun"),
        ({"licence_until": -1}, "licence"),
        ({"state": "suspended"}, "suspended"),
        ({"state": "ended"}, "ended"),
        ({"ends_on": None}, "no_contract"),
    ],
)
def test_an_expired_contract_blocks_new_leads(code, partner, change, reason):
    today = timezone.localdate()
    for name, value in change.items():
        day = today + timedelta(days=value) if isinstance(value, int) else value
        setattr(partner, name, day)
    partner.save()
    answer = post(signed(code))
    assert (answer.status_code, answer.json()["type"]) == (409, f"urn:anju:problem:{reason}")
    assert nothing_written()
    assert Client().post(f"/q/{code.code}/", form()).status_code == 409
    assert nothing_written()


@pytest.mark.spec("MKT-67")
def test_the_last_day_of_the_contract_counts_and_another_project_does_not(code, partner, org):
    partner.ends_on = timezone.localdate()
    partner.save()
    assert post(signed(code)).status_code == 200
    partner.territory.set([org.project_two])
    answer = post(signed(code, key="L-2", phone="13800138001"))
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:anju:problem:territory")
    assert LeadIntake.objects.count() == 1


@pytest.mark.spec("MKT-71")
def test_a_customer_claimed_by_another_partner_is_flagged_and_stands_in_the_claims(
    code, partner, rival, project, manager, client_for, make_login
):
    post(signed(code))
    first = LeadIntake.objects.get()
    assert (first.flag, first.protected_until is not None) == ("", True)
    client = client_for(make_login(rival, "rival-wang"))
    data = {"project": project.pk, "name": "高", "phone": PHONE, "idempotency_key": "r-1"}
    assert client.post("/portal/register/", data).status_code == 302
    second = LeadIntake.objects.latest("pk")
    assert (second.flag, second.partner, second.case) == ("duplicate", rival, first.case)
    assert second.protected_until is None
    assert first.case.decisions.latest("number").party == partner.name
    page = client_for(manager).get("/channels/leads/?flag=duplicate").content.decode()
    assert rival.name in page
    assert f"/claims/{first.case.pk}/" in page
    assert partner.name not in page.split("<tbody>")[1]


@pytest.mark.spec("MKT-66")
def test_each_leads_channel_belongs_to_one_type(org, client_for, manager):
    assert ensure_channels() == VocabularyTerm.objects.filter(list_key="source").count()
    assert ensure_channels() == 0
    known = types_by_code()
    words = VocabularyTerm.objects.filter(list_key="source").values_list("code", flat=True)
    assert all(type_of(code, known) in list(ChannelType) for code in words)
    assert set(known) == set(words)
    assert {"online", "offline", "agent", "referral"} <= set(known.values())
    assert channel_of("agent").type == "agent"
    client = client_for(manager)
    page = client.get("/channels/?type=agent").content.decode()
    assert "渠道中介" in page
    assert "自然来访" not in page
    data = {"name": "渠道", "type": "distributor", "subtype": "distribution", "strategy": "分销"}
    row = Channel.objects.get(code="agent")
    assert client.get(f"/channels/{row.pk}/edit/").status_code == 200
    assert data["type"] in dict(Channel._meta.get_field("type").choices)
