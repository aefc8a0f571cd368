"""Performance reports: frozen, answered, published; the quarter's job."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from fpdf import FPDF

from analytics.reviews.meeting_models import Filing
from analytics.reviews.report_models import Measure, PerformanceReport, ReportMeasure, ReportPaper
from analytics.reviews.rules.report import BLOCKS
from analytics.reviews.services.measures import MeasureDraft, add_measure, finish_measure
from analytics.reviews.services.publishing import paper_of
from analytics.reviews.services.quarters import open_quarter
from analytics.reviews.tasks import tend_reviews
from crm_site.audit.models import AuditEvent
from crm_site.outbox.models import Message
from crm_site.registers.services import EntryDraft, add_entry
from service.surveys.pdf import paper_pdf
from tests.analytics.reviews.conftest import opened, written
from tests.conftest import make_user
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
D = Decimal


def page_of(report) -> str:
    return f"/reviews/reports/{report.pk}/"


def answer(report, kpi, owner, actor, now, *, days=30):
    draft = MeasureDraft(
        cause="高峰期人手不足",
        what="周末增派两名客服",
        owner=owner,
        due_on=timezone.localdate(now) + timedelta(days=days),
    )
    return add_measure(source=report, kpi=kpi, draft=draft, actor=actor, now=now)


@pytest.mark.spec("ANA-27")
def test_a_report_freezes_four_blocks_and_is_published_on_page_and_paper(
    client, figures, org, chief, now, monkeypatch
) -> None:
    figures.set("csat", "8.9")
    made = client.post(
        "/reviews/reports/open/",
        {"kind": "quarter", "day": "2026-02-10", "region": org.region_east.pk},
    )
    report = PerformanceReport.objects.get()
    assert made["Location"] == page_of(report)
    wanted = {key for keys in BLOCKS.values() for key in keys}
    assert set(report.figures.exclude(block="").values_list("kpi", flat=True)) == wanted
    figures.set("csat", "2")  # what comes later changes nothing
    page = client.get(page_of(report))
    assert [one.key for one in page.context["blocks"]] == [*BLOCKS, ""]
    assert "8.90" in page.content.decode()
    written(report, chief, now)
    assert client.post(f"{page_of(report)}publish/").status_code == 302
    report.refresh_from_db()
    assert (report.state, report.published_by) == ("published", chief)
    lines, real = [], FPDF.multi_cell

    def note(self, width, height, text, **more):
        lines.append(text)
        return real(self, width, height, text, **more)

    monkeypatch.setattr(FPDF, "multi_cell", note)
    paper = ReportPaper.objects.get()
    assert paper_pdf(paper_of(paper.facts)) == paper.data()
    for part in paper.facts["parts"]:
        assert {part["title"], *part["lines"]} <= set(lines)
    assert any("8.90" in line for line in lines)
    pdf = client.get(f"{page_of(report)}pdf/")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content[:5] == b"%PDF-"
    assert client.post(f"{page_of(report)}publish/").status_code == 409
    assert AuditEvent.objects.filter(kind="review.report_published").count() == 1


@pytest.mark.parametrize("block", list(BLOCKS))
def test_a_missing_block_fails_publication(client, figures, org, chief, now, block) -> None:
    for key in BLOCKS[block]:
        figures.set(key, None)
    report = opened(org, chief, now)
    written(report, chief, now)
    assert client.get(page_of(report)).context["gaps"]
    refused = client.post(f"{page_of(report)}publish/")
    assert refused.status_code == 409
    report.refresh_from_db()
    assert report.state == "open"
    assert not ReportPaper.objects.exists()
    assert client.get(f"{page_of(report)}pdf/").status_code == 404


@pytest.mark.spec("ANA-28")
def test_publication_waits_until_each_figure_off_target_has_a_measure(
    client, figures, org, chief, now
) -> None:
    figures.set("csat", "5")  # red
    figures.set("conversion_rate", "14.5")  # amber: missed by little
    today = timezone.now()
    report = opened(org, chief, today)
    written(report, chief, today)
    assert client.post(f"{page_of(report)}publish/").status_code == 409
    for kpi in ("csat", "conversion_rate"):
        figure = report.figures.get(kpi=kpi)
        url = f"{page_of(report)}figures/{figure.pk}/measure/"
        given = {"cause": "等候过久", "what": "增派人手", "owner": chief.pk}
        for lacking in given:  # cause, measure and person are all needed, and a day
            less = {key: value for key, value in given.items() if key != lacking}
            due = {"due_on": (timezone.localdate() + timedelta(days=20)).isoformat()}
            assert client.post(url, less | due).status_code == 422
        assert client.post(url, given).status_code == 422
        past = {"due_on": (timezone.localdate() - timedelta(days=1)).isoformat()}
        assert client.post(url, given | past).status_code == 422
        assert client.post(f"{page_of(report)}publish/").status_code == 409
        assert client.post(url, given | due).status_code == 302
    assert client.get(page_of(report)).context["gaps"] == []
    assert client.post(f"{page_of(report)}publish/").status_code == 302
    later = today + timedelta(days=100)
    following = opened(org, chief, later, span=_quarter(date(2026, 4, 1)))
    carried = ReportMeasure.objects.filter(report=following, is_carried=True)
    assert set(carried.values_list("measure__kpi", flat=True)) == {"csat", "conversion_rate"}


def _quarter(start):
    from analytics.reviews.rules.periods import span_of

    return span_of("quarter", start)


@pytest.mark.spec("ANA-29")
def test_open_measures_travel_through_four_quarters(figures, org, chief, now) -> None:
    start = {"retention_rate": "50"}
    for key, value in start.items():
        figures.set(key, value)
    begun, measures = [], []
    for year, month, day in ((2026, 1, 2), (2026, 4, 2), (2026, 7, 2), (2026, 10, 2)):
        at = datetime(year, month, day, 1, tzinfo=UTC)
        assert open_quarter(now=at) == 3  # two regions and the company
        assert open_quarter(now=at + timedelta(days=1)) == 0
        report = PerformanceReport.objects.get(region=org.region_east, starts_on=_before(at.date()))
        begun.append(report)
        measures.append(answer(report, "retention_rate", chief, chief, at, days=400))
        if len(begun) == 3:  # the first measure is done in the third quarter
            finish_measure(measure=measures[0], result="留存率升至82%", actor=chief, now=at)
        figures.set("retention_rate", 50 + len(begun))
    stood = [
        set(ReportMeasure.objects.filter(report=one).values_list("measure", flat=True))
        for one in begun
    ]
    keys = [one.pk for one in measures]
    assert stood == [{keys[0]}, set(keys[:2]), set(keys[:3]), set(keys[1:4])]
    frozen = [one.figures.get(kpi="retention_rate").value for one in begun]
    assert frozen == [D(50), D(51), D(52), D(53)]
    told = Message.objects.filter(kind="review.opened", recipient=chief)
    assert told.count() == 4
    assert Filing.objects.count() == 8


def _before(day):
    from analytics.reviews.rules.periods import finished

    return finished("quarter", day).starts_on


def test_the_job_runs_twice_with_the_same_end(figures, org, chief, monkeypatch) -> None:
    at = datetime(2026, 7, 3, 1, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: at)
    tend_reviews()
    counts = PerformanceReport.objects.count(), Message.objects.count(), Filing.objects.count()
    tend_reviews()
    assert counts == (
        PerformanceReport.objects.count(),
        Message.objects.count(),
        Filing.objects.count(),
    )
    assert counts[0] == 3


def test_an_old_quarter_is_not_opened_by_itself(figures, org) -> None:
    assert open_quarter(now=datetime(2026, 5, 20, tzinfo=UTC)) == 0


@pytest.mark.spec("ANA-69")
def test_a_red_figure_proposes_the_measures_of_its_group(client, figures, org, chief, now) -> None:
    figures.set("csat", "5")
    draft = {"group": "satisfaction", "kpi": "csat"}
    other = {"group": "satisfaction", "kpi": "complaint_timeliness"}
    for title, values in (("每周业主茶话会", draft), ("短信改为电话", other)):
        add_entry(
            register="kpi-levers",
            draft=EntryDraft(title=title, values=values),
            actor=chief,
            now=now,
        )
    report = opened(org, chief, now)
    figure = report.figures.get(kpi="csat")
    url = f"{page_of(report)}figures/{figure.pk}/measure/"
    page = client.get(url)
    found = page.context["proposals"]
    assert "每周业主茶话会" in found
    assert "短信改为电话" not in found
    assert len(found) == 4  # three that come along
    chosen = client.get(url, {"what": "每周业主茶话会"})
    assert chosen.context["form"]["what"].value() == "每周业主茶话会"
    foreign = client.get(url, {"what": "与我们无关"})
    assert not foreign.context["form"]["what"].value()


def test_a_measure_is_done_by_who_answers_for_it_and_keeps_its_first_day(
    client, client_for, report, org, chief, now
) -> None:
    keeper = make_user(org, "specialist")
    row = answer(report, "csat", keeper, chief, timezone.now())
    own = client_for(keeper)
    assert own.get("/reviews/measures/").context["page"].count == 1
    assert own.get(page_of(report)).status_code == 403
    edit = f"/reviews/measures/{row.pk}/edit/"
    base = client.get(edit).context["form"].edit_base
    moved = timezone.localdate() + timedelta(days=60)
    given = {"cause": row.cause, "what": row.what, "owner": keeper.pk, "due_on": moved.isoformat()}
    assert client.post(edit, given | {"edit_base": base}).status_code == 302
    row.refresh_from_db()
    assert (row.due_on, row.first_due_on < moved) == (moved, True)
    assert row.first_due_on.isoformat() in own.get(f"/reviews/measures/{row.pk}/").content.decode()
    assert own.post(f"/reviews/measures/{row.pk}/", {"result": ""}).status_code == 422
    assert own.post(f"/reviews/measures/{row.pk}/", {"result": "8.7分"}).status_code == 302
    row.refresh_from_db()
    assert row.result == "8.7分"
    assert own.post(f"/reviews/measures/{row.pk}/", {"result": "再来"}).status_code == 409


def test_head_office_sees_the_measures_of_every_region(
    client_for, report, head, chief, now
) -> None:
    row = answer(report, "csat", chief, chief, timezone.now())
    watcher = client_for(head)
    assert watcher.get("/reviews/measures/").context["page"].count == 1
    assert watcher.get(f"/reviews/measures/{row.pk}/").status_code == 200


def test_late_measures_are_told_once(report, org, chief, now) -> None:
    from analytics.reviews.services.weekly import remind_measures

    row = answer(report, "csat", chief, chief, now, days=2)
    remind_measures(now=now)
    remind_measures(now=now)
    assert Message.objects.filter(kind="review.measure_due").count() == 1
    remind_measures(now=now + timedelta(days=3))
    remind_measures(now=now + timedelta(days=4))
    assert Message.objects.filter(kind="review.measure_late").count() == 1
    assert Measure.objects.overdue(today=row.due_on + timedelta(days=1)).get() == row


def test_reports_stay_in_their_region_and_periods_must_be_over(
    client, client_for, report, org, figures, head
) -> None:
    south = client_for(UserFactory(role="service_manager", node=org.region_south))
    assert south.get(page_of(report)).status_code == 404
    assert client_for(head).get(page_of(report)).status_code == 200
    given = {"kind": "quarter", "day": timezone.localdate().isoformat()}
    early = client.post("/reviews/reports/open/", given | {"region": org.region_east.pk})
    assert early.status_code == 409
    other = {"kind": "quarter", "day": "2026-02-10", "region": org.region_south.pk}
    assert client.post("/reviews/reports/open/", other).status_code == 422
    again = {"kind": "quarter", "day": "2026-02-10", "region": org.region_east.pk}
    assert client.post("/reviews/reports/open/", again)["Location"] == page_of(report)
    assert PerformanceReport.objects.count() == 1


def test_the_list_asks_as_much_for_one_as_for_twenty(
    client, org, figures, chief, now, django_assert_max_num_queries
) -> None:
    opened(org, chief, now)
    with django_assert_max_num_queries(40) as one:
        client.get("/reviews/")
    for month in range(1, 21):
        from analytics.reviews.rules.periods import span_of
        from analytics.reviews.services.freezing import open_report

        span = span_of("month", date(2024 + (month - 1) // 12, (month - 1) % 12 + 1, 1))
        open_report(kind="month", span=span, region_id=org.region_east.pk, actor=chief, now=now)
    with django_assert_max_num_queries(len(one)):
        assert len(client.get("/reviews/").context["rows"]) >= 20


def test_a_figure_leads_to_the_rows_of_its_own_period_and_place(client, figures, org) -> None:
    given = {"kind": "quarter", "day": "2026-02-10", "region": org.region_east.pk}
    client.post("/reviews/reports/open/", given)
    page = client.get(page_of(PerformanceReport.objects.get()))
    row = page.context["blocks"][0].rows[0]
    asked = f"?period=2026-Q1&place=region-{org.region_east.pk}"
    assert row.url == f"/analytics/kpis/{row.figure.kpi}/{asked}"
