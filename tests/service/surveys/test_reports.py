"""Plans of improvement and frozen reports with their PDF."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from fpdf import FPDF

from crm_site.audit.models import AuditEvent
from service.surveys.pdf import paper_pdf
from service.surveys.report_models import ImprovementItem, ImprovementPlan, SatisfactionReport
from service.surveys.services.answering import answer
from service.surveys.services.inviting import guest_of, invite
from service.surveys.services.reporting import paper_of
from tests.conftest import make_user
from tests.factories import CustomerFactory
from tests.service.factories import CategoryFactory, TicketFactory

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def filled(make_survey, seller, now):
    """A survey after signings with twelve answers: content as a whole, slow service."""
    survey = make_survey(trigger="signing", title="签约满意度")
    guests = [guest_of(CustomerFactory(owner=seller), source=f"t:{n}") for n in range(16)]
    invite(survey=survey, guests=guests, now=now)
    rows = survey.invitations.select_related("survey").order_by("pk")
    for row in rows[:12]:
        answer(
            invitation=row,
            answers={"q1": "very_good", "q2": "5", "q3": "3", "q4": "9", "q5": "排队太久"},
            now=now,
        )
    return survey


@pytest.mark.spec("SVC-49")
def test_each_low_figure_has_an_item_and_progress_counts(client, filled, manager, now) -> None:
    url = f"{filled.get_absolute_url()}plan/"
    assert client.get(url).context["plan"] is None
    assert client.post(url).status_code == 302
    item = ImprovementItem.objects.get()
    assert (item.question, item.figure, item.answers) == ("q3", D("6.00"), 12)
    assert (item.project.name, item.plan.survey) == ("云栖里", filled)
    client.post(url)
    assert ImprovementItem.objects.count() == 1
    assert AuditEvent.objects.filter(kind="survey.plan_made").count() == 1
    page = client.get(f"{url}{item.pk}/")
    given = {"measure": "周末增加两个窗口", "edit_base": page.context["form"].edit_base}
    refused = client.post(f"{url}{item.pk}/", given)
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"owner", "due_on"}
    due = timezone.localdate() + timedelta(days=30)
    given |= {"owner": manager.pk, "due_on": due.isoformat()}
    assert client.post(f"{url}{item.pk}/", given).status_code == 302
    assert client.get(url).context["progress"] == 0
    given = {
        "measure": "周末增加两个窗口",
        "owner": manager.pk,
        "due_on": due.isoformat(),
        "done_on": timezone.localdate().isoformat(),
        "result": "平均等候由40分钟降到15分钟",
        "edit_base": client.get(f"{url}{item.pk}/").context["form"].edit_base,
    }
    assert client.post(f"{url}{item.pk}/", given).status_code == 302
    done = client.get(url)
    assert done.context["progress"] == 100
    assert "100 %" in done.content.decode().split('id="progress"')[1][:40]
    given["edit_base"] = client.get(f"{url}{item.pk}/").context["form"].edit_base
    assert client.post(f"{url}{item.pk}/", given).status_code == 422  # done stays done


def test_no_plan_where_nothing_is_low(client, make_survey) -> None:
    survey = make_survey()
    assert client.post(f"{survey.get_absolute_url()}plan/").status_code == 409
    assert not ImprovementPlan.objects.exists()


def report(client, kind: str, start: str, end: str) -> SatisfactionReport:
    given = {"kind": kind, "starts_on": start, "ends_on": end}
    made = client.post("/satisfaction/reports/add/", given)
    assert made.status_code == 302, made.context["form"].errors
    found = SatisfactionReport.objects.order_by("pk").last()
    assert made["Location"] == f"/satisfaction/reports/{found.pk}/"
    return found


def drawn(found: SatisfactionReport, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the lines of the PDF, drawn anew; its bytes must be those that were kept."""
    lines, real = [], FPDF.multi_cell

    def note(self, width, height, text, **more):
        lines.append(text)
        return real(self, width, height, text, **more)

    monkeypatch.setattr(FPDF, "multi_cell", note)
    assert paper_pdf(paper_of(found.facts)) == found.data()
    return lines


@pytest.mark.spec("SVC-56")
def test_a_report_has_every_part_on_page_and_paper(
    client, filled, project, now, monkeypatch
) -> None:
    kind = CategoryFactory(name="工程质量")
    TicketFactory(project=project, customer=None, category=kind)
    client.post(f"{filled.get_absolute_url()}plan/")
    found = report(client, "period", "2026-05-01", "2026-12-31")
    lines = drawn(found, monkeypatch)
    parts = found.facts["parts"]
    assert len(parts) == 7
    page = client.get(f"/satisfaction/reports/{found.pk}/").content.decode()
    for part in parts:
        assert part["lines"], part["title"]
        assert part["title"] in page
        assert {part["title"], *part["lines"]} <= set(lines)
    assert "16" in parts[0]["lines"][0]  # asked
    assert "75.0 %" in parts[0]["lines"][0]  # response rate
    assert any("10.00" in line for line in parts[1]["lines"])
    assert any("5.00 / 5" in line for line in parts[2]["lines"])
    assert any("云栖里" in line for line in parts[3]["lines"])
    assert any("工程质量" in line for line in parts[4]["lines"])
    assert any("6.00" in line for line in parts[5]["lines"])
    assert len(parts[6]["lines"]) == 2  # who answers may differ; fewer than 30
    pdf = client.get(f"/satisfaction/reports/{found.pk}/pdf/")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content[:5] == b"%PDF-"
    assert found.number in client.get("/satisfaction/reports/").content.decode()


@pytest.mark.spec("SVC-50")
def test_the_mid_year_information_holds_the_half_year(
    client, filled, make_survey, seller, now
) -> None:
    client.post(f"{filled.get_absolute_url()}plan/")
    later = make_survey(title="下半年")
    invite(
        survey=later,
        guests=[guest_of(CustomerFactory(owner=seller), source="t:99")],
        now=now + timedelta(days=60),
    )
    row = later.invitations.select_related("survey").get()
    answer(invitation=row, answers={"q1": "very_bad", "q4": "0"}, now=now + timedelta(days=60))
    ImprovementItem.objects.update(created_at=now)
    found = report(client, "mid_year", "2026-01-01", "2026-06-30")
    assert (found.starts_on, found.ends_on) == (date(2026, 1, 1), date(2026, 6, 30))
    assert dict(found.facts["lead"]).popitem()[1]  # made by somebody
    assert [value for _label, value in found.facts["lead"]][1:2] == ["12"]
    assert any("10.00" in line for line in found.facts["parts"][1]["lines"])
    assert "0" in found.facts["parts"][5]["lines"][0]  # progress of the plan
    assert len(found.facts["parts"][5]["lines"]) == 2


@pytest.mark.spec("SVC-51")
def test_a_report_is_made_again_from_its_frozen_figures_alone(client, filled, seller, now) -> None:
    found = report(client, "annual", "2026-01-01", "2026-12-31")
    rows = filled.invitations.filter(used_at__isnull=True).select_related("survey")
    for row in rows:  # what comes later does not change it
        answer(invitation=row, answers={"q1": "very_bad", "q4": "0"}, now=now)
    found.refresh_from_db()
    assert paper_pdf(paper_of(found.facts)) == found.data()
    assert found.facts["lead"][1][1] == "12"
    second = report(client, "annual", "2026-01-01", "2026-12-31")
    assert second.facts["lead"][1][1] == "16"
    assert second.number != found.number
    assert AuditEvent.objects.filter(kind="survey.report_made").count() == 2


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [("2026-06-01", "2026-05-01", "ends_on"), ("2999-01-01", "2999-02-01", "starts_on")],
)
def test_a_report_needs_a_period(client, start, end, field) -> None:
    given = {"kind": "period", "starts_on": start, "ends_on": end}
    answer = client.post("/satisfaction/reports/add/", given)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not SatisfactionReport.objects.exists()


def test_reports_stay_in_their_region(client, client_for, filled, org) -> None:
    found = report(client, "period", "2026-05-01", "2026-05-31")
    chief = client_for(make_user(org, "supervisor"))
    assert chief.get(f"/satisfaction/reports/{found.pk}/").status_code == 404
    assert (
        client_for(make_user(org, "head_office"))
        .get(f"/satisfaction/reports/{found.pk}/")
        .status_code
        == 200
    )
    assert chief.get("/satisfaction/reports/add/").status_code == 403
