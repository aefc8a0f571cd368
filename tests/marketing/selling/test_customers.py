"""Third-party data, depth interviews, sales papers (CUS-38, CUS-58, MKT-57)."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from crm_site.documents.services import Draft, acknowledge, change_document, submit_version
from crm_site.documents.services.content import digest_of
from crm_site.policies.services import approve, propose, submit
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from marketing.selling.models import (
    DepthInterview,
    InterviewFinding,
    InterviewProgramme,
    ThirdPartyResult,
)
from marketing.selling.selectors.papers import shelves
from marketing.selling.services import interviews, third_party
from tests.conftest import make_user
from tests.documents.signing import draft, paper_in_force, people_for, sign_all
from tests.factories import CustomerFactory
from tests.tools import ENGLISH

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(org):
    return make_user(org, "supervisor")


@pytest.fixture
def customer(lin):
    return CustomerFactory(owner=lin, name="王浩然")


def switched_on(org, chief, now) -> None:
    row = propose(
        key="third_party.data",
        payload={"is_on": True, "consent_days": 180, "keep_days": 365},
        valid_from=None,
        reason="试点",
        author=chief,
        now=now,
    )
    submit(version_id=row.pk, author=chief, now=now)
    approve(version_id=row.pk, approver=make_user(org, "head_office"), now=now)


def agrees(customer, now, *, is_given=True) -> None:
    record_consent(
        customer=customer,
        purpose=Purpose.THIRD_PARTY,
        is_given=is_given,
        channel=Channel.VISIT,
        actor=None,
        now=now,
    )


def form(**more) -> dict[str, str]:
    return {
        "source": "credit_report",
        "provider": "人行征信",
        "purpose": "mortgage",
        "verdict": "good",
        "obtained_on": f"{timezone.localdate() - timedelta(days=1)}",
        "summary": "无逾期",
        **more,
    }


def result_of(**more) -> third_party.ResultDraft:
    given = {
        "source": "credit_report",
        "provider": "人行征信",
        "purpose": "mortgage",
        "verdict": "good",
        "obtained_on": date(2026, 5, 1),
    }
    return third_party.ResultDraft(**given | more)


@pytest.mark.spec("CUS-38")
def test_a_result_without_a_valid_consent_is_refused_and_audited(
    org, customer, supervisor, chief, client_for
) -> None:
    browser, now = client_for(supervisor), timezone.now()
    url = f"/customers/{customer.pk}/third-party/"

    def brought(words: str, why: str) -> None:
        answer = browser.post(f"{url}add/", form(), headers=ENGLISH)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not ThirdPartyResult.objects.exists()
        event = AuditEvent.objects.filter(kind="selling.third_party_refused").latest("pk")
        assert event.facts == {"source": "credit_report", "why": why}
        assert (event.subject_id, event.actor_id) == (str(customer.pk), supervisor.pk)

    brought("switched off", "off")
    switched_on(org, chief, now)
    brought("was not asked for this", "never_asked")
    agrees(customer, now - timedelta(days=181))
    brought("too old", "expired")
    agrees(customer, now - timedelta(hours=2))
    agrees(customer, now - timedelta(hours=1), is_given=False)
    brought("withdrew the consent", "withdrawn")
    assert AuditEvent.objects.filter(kind="selling.third_party_refused").count() == 4
    agrees(customer, timezone.now())
    assert browser.post(f"{url}add/", form(), headers=ENGLISH).status_code == 302
    row = ThirdPartyResult.objects.get()
    assert (row.verdict, row.summary, row.consent.is_given) == ("good", "无逾期", True)
    assert (row.expires_on - row.obtained_on).days == 365
    assert "无逾期" in browser.get(url, headers=ENGLISH).content.decode()
    assert browser.post(f"{url}add/", form(), headers=ENGLISH).status_code == 422  # twice


@pytest.mark.spec("CUS-38")
def test_results_go_with_the_consent_and_with_their_time(
    org, customer, supervisor, chief, now
) -> None:
    switched_on(org, chief, now - timedelta(days=1))
    agrees(customer, now)
    later = now + timedelta(minutes=1)
    for provider in ("人行征信", "建行"):
        third_party.bring_result(
            customer=customer, draft=result_of(provider=provider), actor=supervisor, now=later
        )
    assert third_party.forget_results(now=later) == 0
    ThirdPartyResult.objects.filter(provider="建行").update(expires_on=now.date())
    assert third_party.forget_results(now=later) == 1
    agrees(customer, later, is_given=False)
    assert third_party.forget_results(now=later + timedelta(minutes=1)) == 1
    assert third_party.forget_results(now=later + timedelta(minutes=1)) == 0
    dropped = AuditEvent.objects.filter(kind="selling.third_party_dropped")
    assert dropped.count() == 2


@pytest.mark.parametrize("role", ["supervisor", "finance"])
def test_a_result_is_deleted_before_its_time(org, customer, chief, client_for, role) -> None:
    now, person = timezone.now(), make_user(org, role)
    switched_on(org, chief, now - timedelta(days=1))
    agrees(customer, now)
    row = third_party.bring_result(customer=customer, draft=result_of(), actor=person, now=now)
    url = f"/customers/{customer.pk}/third-party/{row.pk}/drop/"
    assert client_for(person).post(url).status_code == 302
    assert not ThirdPartyResult.objects.exists()
    assert AuditEvent.objects.filter(kind="selling.third_party_dropped", actor=person).exists()


def test_who_does_not_see_credit_does_not_see_results(customer, planner, lin, client_for) -> None:
    url = f"/customers/{customer.pk}/third-party/"
    assert client_for(planner).get(url).status_code == 403
    assert client_for(lin).get(url).status_code == 403


@pytest.mark.spec("CUS-58")
def test_an_interview_yields_a_finding_that_leads_to_an_improvement(
    planner, chief, customer, project, client_for, now
) -> None:
    from analytics.improvement.programme_models import PdcaItem

    CustomerFactory(owner=customer.owner)
    browser, boss = client_for(planner), client_for(chief)
    plan = {"project": project.pk, "title": "首改客户", "aim": "为何犹豫", "sample_size": "1"}
    plan |= {"starts_on": "2026-05-01", "ends_on": "2026-06-30", "owner": planner.pk}
    assert browser.post("/interviews/add/", plan).status_code == 302
    programme = InterviewProgramme.objects.get()
    assert browser.post(f"{programme.get_absolute_url()}draw/").status_code == 302
    assert browser.post(f"{programme.get_absolute_url()}draw/").status_code == 302
    row = DepthInterview.objects.get()
    url = row.get_absolute_url()
    empty = {
        "summary": "担心交付",
        "tag_1": "doubt",
        "text_1": "",
        "tag_2": "need",
        "tag_3": "need",
    }
    assert browser.post(f"{url}hold/", empty).status_code == 422
    row.refresh_from_db()
    assert row.state == "planned"
    told = empty | {"text_1": "看不到施工进度"}
    assert browser.post(f"{url}hold/", told).status_code == 302
    finding = InterviewFinding.objects.get()
    assert (finding.tag, finding.text, finding.item_id) == ("doubt", "看不到施工进度", None)
    page = browser.get(url, headers=ENGLISH).content.decode()
    assert "no improvement yet" in page
    item = PdcaItem.objects.create(
        region_id=project.node.region_id,
        title="每月公布施工进度",
        track="short",
        theme="service",
        department="sales_office",
        accountable=chief,
        due_on=date(2030, 1, 1),
        measure="公布次数",
        baseline=0,
        goal=12,
        created_by=chief,
    )
    link = f"{url}findings/{finding.pk}/link/"
    assert browser.post(link, {"item": "999999"}).status_code == 422
    if planner.has_perm("analytics.view_improvement"):
        assert browser.post(link, {"item": item.pk}).status_code == 302
    else:
        interviews.link_finding(finding=finding, item_id=item.pk, actor=planner, now=now)
    finding.refresh_from_db()
    assert (finding.item_id, finding.linked_by) == (item.pk, planner)
    assert "每月公布施工进度" in boss.get(url, headers=ENGLISH).content.decode()


def test_the_sample_is_filled_up_after_an_interview_is_dropped(
    planner, customer, project, now
) -> None:
    CustomerFactory(owner=customer.owner)
    given = {"project": project, "title": "x", "aim": "x", "sample_size": 1, "stage": ""}
    given |= {"starts_on": date(2026, 5, 1), "ends_on": date(2026, 6, 1), "owner": planner}
    programme = interviews.keep_programme(
        programme=None, draft=interviews.ProgrammeDraft(**given), actor=planner, now=now
    )
    assert interviews.draw_sample(programme=programme, actor=planner, now=now) == 1
    first = DepthInterview.objects.get()
    with pytest.raises(ValidationError):
        interviews.drop_interview(interview=first, reason=" ", actor=planner, now=now)
    interviews.drop_interview(interview=first, reason="出国", actor=planner, now=now)
    assert interviews.draw_sample(programme=programme, actor=planner, now=now) == 1
    assert DepthInterview.objects.exclude(customer=first.customer).count() == 1


@pytest.mark.spec("MKT-57")
def test_the_current_paper_counts_the_old_one_is_marked_and_the_unread_are_named(
    project, lin, chen, client_for, now
) -> None:
    document = paper_in_force("sales-brochure", project, now, title="鸟瞰图说明")
    writer, _reviewer, approver = people_for(project)
    first = document.versions.get()
    acknowledge(version=first, digest=digest_of(first), reader=lin, now=now)
    paper = shelves(project, user=writer, now=now)[0].papers[0]
    assert (paper.version.number, paper.older, paper.unread) == (1, [], ["陈思远"])
    new: Draft = draft(title="鸟瞰图说明（改）")
    change_document(document=document, draft=new, actor=writer, now=now)
    second = submit_version(document=document, actor=writer, now=now)
    sign_all(second, (approver,), now)
    page = client_for(writer).get(f"/sales-papers/?project={project.code}", headers=ENGLISH)
    paper = page.context["shelves"][0].papers[0]
    assert (paper.version.number, paper.older) == (2, [1])
    assert sorted(paper.unread) == ["林知夏", "陈思远"]
    text = page.content.decode()
    assert "replaced" in text
    assert "林知夏" in text
