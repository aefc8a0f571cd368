"""What keeps a project from its launch: manual, wording, display, checks, briefing."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from crm_site.documents.models import DocumentVersion
from crm_site.documents.services.content import digest_of
from crm_site.registers.models import RegisterEntry
from customers.launch.planning import plan_all
from customers.models import Project, ProjectLaunch, Task
from customers.tasks import plan_launch_checks
from tests.documents.signing import paper_in_force
from tests.launch.conftest import gate
from tests.launch.steps import answers, checked, prepared, with_seller
from tests.tools import text_of

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def launch_page(client, project) -> str:
    answer = client.get(f"/projects/{project.pk}/launch/", headers=ENGLISH)
    assert answer.status_code == 200
    return answer.content.decode()


def start(client, project):
    return client.post(f"/projects/{project.pk}/launch/start/", headers=ENGLISH)


@pytest.mark.spec("MKT-59")
def test_launch_fails_without_the_manual_and_while_a_consultant_has_not_confirmed_it(
    waiting, pages, executive, consultant, consultant_b
) -> None:
    now, browser = timezone.now(), pages(executive)
    with_seller(waiting, now)
    checked(waiting, now)
    paper_in_force("uniform-wording", waiting, now)
    refused = start(browser, waiting)
    assert refused.status_code == 409
    assert "There is no sales manual in force." in gate(refused.content.decode(), "manual")
    document = paper_in_force("sales-manual", waiting, now)
    for reader, others in ((consultant, {"consultant_b"}), (consultant_b, set())):
        refused = start(browser, waiting)
        assert refused.status_code == 409
        words = gate(refused.content.decode(), "manual")
        assert "have not confirmed the sales manual" in words
        assert reader.name in words
        assert all(name in words for name in others)
        assert not ProjectLaunch.objects.filter(project=waiting).exists()
        version = DocumentVersion.objects.get(document=document)
        data = {"version": version.number, "digest": digest_of(version)}
        read = pages(reader).post(f"/documents/{document.pk}/acknowledge/", data)
        assert read.status_code == 302
    assert start(browser, waiting).status_code == 302
    assert ProjectLaunch.objects.get(project=waiting).launched_by == executive


@pytest.mark.spec("SVC-71")
def test_gate_page_lists_manual_wording_and_display_with_their_state(
    waiting, pages, executive
) -> None:
    html = launch_page(pages(executive), waiting)
    first = html.split("Warm hand-in-hand: manual, wording and display")[1].split("</section>")[0]
    assert first.count('<li id="gate-') == 3
    states = {key: gate(first, key) for key in ("manual", "wording", "hall")}
    assert ["Done" in words for words in states.values()] == [False, False, True]
    assert "No uniform wording reviewed" in states["wording"]
    prepared(waiting, timezone.now())
    html = launch_page(pages(executive), waiting)
    assert all("Done" in gate(html, key) for key in ("manual", "wording", "hall"))


def set_launch(client, project, day):
    shown = client.get(f"/projects/{project.pk}/edit/").context["form"]
    form = {"city": "杭州", "address": "", "launch_on": f"{day:%Y-%m-%d}"}
    form["edit_base"] = shown.edit_base
    return client.post(f"/projects/{project.pk}/edit/", form)


def fill(client, key, project):
    client.post(f"/questionnaires/{key}/begin/", {"subject": str(project.pk)})
    sheet = client.get("/questionnaires/" + key + "/").context["rows"][0].sheet
    url = f"/questionnaires/sheets/{sheet.pk}/fill/"
    data = {f"q-{code}": value for code, value in answers(key).items()}
    data["edit_base"] = client.get(url).context["form"].edit_base
    assert client.post(url, data | {"complete": "1"}).status_code == 302
    sheet.refresh_from_db()
    assert sheet.is_complete
    return sheet


@pytest.mark.spec("SVC-69")
def test_launch_date_makes_the_risk_check_due_a_week_before_and_an_open_high_risk_blocks(
    waiting, pages, executive, service_manager, consultant, today
) -> None:
    day = today + timedelta(days=30)
    assert set_launch(pages(executive), waiting, day).status_code == 302
    task = Task.objects.get(source="launch", source_id__contains=":risk:")
    closing = timezone.make_aware(datetime.combine(day - timedelta(days=7), time(18)))
    assert (task.due_at, task.owner, task.state) == (closing, service_manager, "open")
    assert (task.subject_kind, task.subject_id) == ("project", str(waiting.pk))
    assert set_launch(pages(executive), waiting, day + timedelta(days=5)).status_code == 302
    task.refresh_from_db()
    assert task.state == "cancelled"
    moved = Task.objects.get(source="launch", source_id__contains=":risk:", state="open")
    assert moved.due_at == closing + timedelta(days=5)
    assert (plan_launch_checks(), plan_launch_checks()) == (0, 0)

    prepared(waiting, timezone.now())
    Task.objects.filter(pk=moved.pk).update(state="open")
    centre = pages(service_manager)
    fill(centre, "sales-risk-check", waiting)
    plan_launch_checks()
    moved.refresh_from_db()
    assert (moved.state, moved.done_at is not None) == ("done", True)
    risk = {
        "title": "沙盘与规划不符",
        "item": "沙盘",
        "severity": "high",
        "department": "marketing",
        "correction": "更换沙盘",
        "due_at": f"{today + timedelta(days=3)}T18:00",
    }
    url = f"/registers/sales-risks/add/?subject={waiting.pk}"
    assert pages(consultant).post(url, risk).status_code == 403
    assert centre.post(url, risk).status_code == 302
    refused = start(pages(executive), waiting)
    assert refused.status_code == 409
    assert "High risk: 沙盘与规划不符" in gate(refused.content.decode(), "risk")
    entry = RegisterEntry.objects.get()
    page = text_of(centre, f"/projects/{waiting.pk}/launch/risk/")
    assert all(words in page for words in ("沙盘与规划不符", "Marketing", "更换沙盘"))
    close = {"outcome": "corrected", "evidence": "复查：新沙盘与规划一致"}
    assert centre.post(f"/registers/entries/{entry.pk}/close/", close).status_code == 302
    page = text_of(centre, f"/projects/{waiting.pk}/launch/risk/")
    assert "复查：新沙盘与规划一致" in page
    assert start(pages(executive), waiting).status_code == 302


def test_low_risks_do_not_block_and_an_old_form_does_not_count(waiting, service_manager) -> None:
    now = timezone.now()
    prepared(waiting, now)
    assert plan_all(now=now) == 2
    assert plan_all(now=now) == 0
    Project.objects.filter(pk=waiting.pk).update(launch_on=waiting.launch_on + timedelta(days=300))
    later = Project.objects.select_related("node").get(pk=waiting.pk)
    from customers.launch.gates import open_risks

    assert len(open_risks(later, timezone.localdate())) == 1
    assert open_risks(waiting, timezone.localdate()) == []


@pytest.mark.spec("SVC-70")
def test_comfort_check_keeps_its_record_with_suggestions_and_replies(
    waiting, pages, specialist, executive
) -> None:
    prepared(waiting, timezone.now())
    group = pages(specialist)
    sheet = fill(group, "comfort-check", waiting)
    url = f"/registers/comfort-suggestions/add/?subject={waiting.pk}"
    suggestion = {"title": "签约室加隔断", "place": "room", "why": "邻桌能听到谈话"}
    assert group.post(url, suggestion).status_code == 302
    refused = start(pages(executive), waiting)
    assert "No reply yet: 签约室加隔断" in gate(refused.content.decode(), "comfort")
    entry = RegisterEntry.objects.get()
    empty = {"outcome": "done", "evidence": ""}
    assert group.post(f"/registers/entries/{entry.pk}/close/", empty).status_code == 422
    reply = {"outcome": "done", "evidence": "已装隔断屏风"}
    assert group.post(f"/registers/entries/{entry.pk}/close/", reply).status_code == 302
    page = text_of(group, f"/projects/{waiting.pk}/launch/comfort/")
    assert all(words in page for words in ("签约室加隔断", "Signing room", "已装隔断屏风"))
    assert f"/questionnaires/sheets/{sheet.pk}/" in page
    assert start(pages(executive), waiting).status_code == 302
