"""The calendar with its warnings, and the matrix of media by phases with its export."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from customers.property.models import Building, ProjectLaunch, ProjectPhase
from marketing.campaigns.models import CostItem, Placement
from marketing.campaigns.services.costs import Charge, CostDraft, book_cost

pytestmark = pytest.mark.django_db
D = Decimal


def shown(**more):
    given = {
        "medium": "short_video",
        "phase": "peak",
        "title": "湖景短视频",
        "channel_code": "",
        "starts_on": "2026-05-04",
        "ends_on": "2026-05-10",
        "planned_cost": "8000",
        "link": "https://example.cn/v/1",
        "content": "航拍",
    }
    return given | more


@pytest.fixture
def phases(org):
    """Before launch until March 2026, peak until the end of 2027, handover from 2028."""
    spans = (
        ("pre_launch", date(2025, 10, 1), date(2026, 2, 28)),
        ("peak", date(2026, 3, 1), date(2027, 12, 31)),
        ("post_handover", date(2028, 1, 1), date(2029, 12, 31)),
    )
    for kind, start, end in spans:
        ProjectPhase.objects.create(
            project=org.project_one, kind=kind, planned_from=start, planned_until=end
        )


@pytest.mark.spec("MKT-24")
def test_content_of_another_phase_is_warned_about(client, make_campaign, phases) -> None:
    row = make_campaign(starts_on=date(2026, 1, 1), ends_on=date(2028, 6, 30))
    url = f"/campaigns/{row.pk}/publicity/add/"
    assert client.post(url, shown()).status_code == 302
    launch = shown(
        title="开盘倒计时", phase="pre_launch", starts_on="2028-02-01", ends_on="2028-02-10"
    )
    assert client.post(url, launch).status_code == 302
    may = client.get("/campaigns/calendar/?day=2026-05-20")
    assert may.context["month"].warnings == []
    assert [one.placement.title for one in may.context["month"].entries] == ["湖景短视频"]
    later = client.get("/campaigns/calendar/?day=2028-02-20")
    found = later.context["month"].warnings
    assert [(one.placement.title, one.instead) for one in found] == [
        ("开盘倒计时", "post_handover")
    ]
    assert 'id="warnings"' in later.content.decode()
    days = [day for week in later.context["month"].weeks for day in week if day.entries]
    assert [day.date.day for day in days] == list(range(1, 11))


def test_without_a_plan_of_phases_launch_and_handover_count(client, org, make_campaign) -> None:
    ProjectLaunch.objects.filter(project=org.project_one).delete()
    org.project_one.launch_on = date(2026, 6, 1)
    org.project_one.save()
    Building.objects.create(project=org.project_one, name="1栋", handover_on=date(2028, 6, 1))
    row = make_campaign(starts_on=date(2026, 1, 1), ends_on=date(2028, 12, 31))
    url = f"/campaigns/{row.pk}/publicity/add/"
    client.post(url, shown())  # of the peak, before the launch
    found = client.get("/campaigns/calendar/?day=2026-05-20").context["month"].warnings
    assert [one.instead for one in found] == ["pre_launch"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"link": "javascript:alert(1)"},
        {"link": "//evil.example"},
        {"starts_on": "2026-05-11"},
        {"starts_on": "2027-01-01", "ends_on": "2027-01-02"},
        {"medium": "fax"},
        {"planned_cost": "-1"},
    ],
)
def test_publicity_that_does_not_fit_is_refused(client, make_campaign, wrong) -> None:
    row = make_campaign()
    answer = client.post(f"/campaigns/{row.pk}/publicity/add/", shown(**wrong))
    assert answer.status_code == 422
    assert not Placement.objects.exists()


def test_publicity_is_changed_and_taken_out_unless_cost_hangs_on_it(client, running, now) -> None:
    row = running()
    client.post(f"/campaigns/{row.pk}/publicity/add/", shown())
    one = Placement.objects.get()
    url = f"/campaigns/publicity/{one.pk}/edit/"
    base = client.get(url).context["form"].edit_base
    assert client.post(url, shown(title="夜景") | {"edit_base": base}).status_code == 302
    one.refresh_from_db()
    assert one.title == "夜景"
    charge = Charge(placement=one)
    draft = CostDraft(on=date(2026, 5, 5), amount=D(100), note="制作", charge=charge)
    book_cost(draft=draft, actor=None, now=now)
    assert client.post(f"/campaigns/publicity/{one.pk}/remove/").status_code == 409
    CostItem.objects.all().delete()
    assert client.post(f"/campaigns/publicity/{one.pk}/remove/").status_code == 302
    assert not Placement.objects.exists()


@pytest.mark.spec("MKT-22")
def test_the_matrix_holds_content_and_cost_and_is_handed_out(
    client, client_for, org, running, now
) -> None:
    from tests.conftest import make_user

    row = running()
    url = f"/campaigns/{row.pk}/publicity/add/"
    client.post(url, shown())
    client.post(url, shown(title="=1+1", medium="press", phase="post_handover"))
    video = Placement.objects.get(medium="short_video")
    for amount, placement in ((D(3000), video), (D(500), None)):
        charge = Charge(campaign=row, placement=placement)
        draft = CostDraft(on=date(2026, 5, 5), amount=amount, note="投放", charge=charge)
        book_cost(draft=draft, actor=None, now=now)
    page = client.get("/campaigns/matrix/")
    cells = {(one.medium, one.phase): one for one in page.context["grid"].cells}
    assert len(cells) == 11 * 3  # 4 online, 4 offline, 3 traditional
    cell = cells["short_video", "peak"]
    assert ([one.placement for one in cell.entries], cell.planned, cell.cost) == (
        [video],
        D(8000),
        D(3000),
    )
    words = page.content.decode()
    assert video.get_absolute_url() in words
    behind = client.get(f"/costs/?{cell.url_query}&state=approved&state=paid")
    assert [one.amount for one in behind.context["rows"]] == [D(3000)]
    file = client.get("/campaigns/matrix/file/")
    sheet = load_workbook(io.BytesIO(file.content)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert len(rows) == 11
    assert any("湖景短视频" in (one[3] or "") and "3000" in one[3] for one in rows)
    formula = [cell for line in sheet.iter_rows() for cell in line if "=1+1" in str(cell.value)]
    assert formula
    assert all(cell.data_type == "s" for cell in formula)
    lead = client_for(make_user(org, "supervisor"))  # sees campaigns, no money
    assert "3,000" not in lead.get("/campaigns/matrix/").content.decode()
    plain = lead.get("/campaigns/matrix/file/").content
    found = [
        str(value)
        for line in load_workbook(io.BytesIO(plain)).worksheets[0].iter_rows(values_only=True)
        for value in line
    ]
    assert not any("3000" in value for value in found)


def test_the_calendar_shows_three_of_a_day_and_counts_the_rest(client, make_campaign) -> None:
    row = make_campaign()
    for place in range(5):
        client.post(f"/campaigns/{row.pk}/publicity/add/", shown(title=f"第{place}条"))
    month = client.get("/campaigns/calendar/?day=2026-05-01").context["month"]
    day = next(one for week in month.weeks for one in week if one.date == date(2026, 5, 5))
    assert (len(day.first), day.more) == (3, 2)
    assert month.before == date(2026, 4, 1)
    assert month.after == date(2026, 5, 31) + timedelta(days=1)
    assert client.get("/campaigns/calendar/?day=2026-99-99").status_code == 200
    assert client.get("/campaigns/calendar/?project=999999").status_code == 404


@pytest.mark.parametrize("path", ["/campaigns/calendar/?day=2026-05-01", "/campaigns/matrix/"])
def test_calendar_and_matrix_take_few_statements(
    client, make_campaign, phases, django_assert_max_num_queries, path
) -> None:
    row = make_campaign()
    for place in range(20):
        Placement.objects.create(
            campaign=row,
            medium="press",
            phase="peak",
            title=f"第{place}条",
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
    client.get(path)
    with django_assert_max_num_queries(20):
        assert client.get(path).status_code == 200
