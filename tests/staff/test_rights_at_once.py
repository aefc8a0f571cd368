"""Rights taken away act on the next request and on what waits in a queue (A-07, A-08, A-09)."""

import io
import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken
from openpyxl import load_workbook

from crm_site.audit.models import AuditEvent
from crm_site.exchange import tasks
from crm_site.exchange.export_models import ExportJob
from crm_site.exchange.services import exporting, exports
from crm_site.staff import services
from crm_site.staff.api import issue_token
from crm_site.staff.backends import RoleBackend
from crm_site.staff.logins import password_path
from crm_site.staff.models import User
from customers.exporting import COLUMNS
from customers.models import Customer
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def queue(monkeypatch):
    """Collect what would go to the worker."""
    found = []
    monkeypatch.setattr(tasks.make_export, "delay_on_commit", found.append)
    return found


def bearer(user):
    token = issue_token(user)
    return Client(headers={"Authorization": f"Bearer {token}"})


def export_of(client, approver):
    """Ask for an export and have it approved; return it, still in the queue."""
    data = {"reason": "月度复盘", "columns": [c.key for c in COLUMNS], "idempotency_key": "k"}
    assert client.post("/exports/new/customers/?view=all", data).status_code == 302
    job = ExportJob.objects.select_related("approval").latest("pk")
    path = f"/approvals/{job.approval_id}/sign/"
    assert approver.post(path, {"digest": job.approval.digest}).status_code == 302
    return job


def made(job):
    tasks.make_export(job.pk)
    return ExportJob.objects.get(pk=job.pk)


def names_in(answer):
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    return {row[0].value for row in sheet.iter_rows(min_row=3)}


@pytest.mark.check("A-07")
def test_a_changed_role_shuts_pages_api_and_token_on_the_next_request(
    secadmin, supervisor, client_for
):
    page, program = client_for(supervisor), bearer(supervisor)
    assert page.get("/team/").status_code == 200
    assert program.get("/api/v1/customers/").status_code == 200
    data = {"role": "marketing", "reason": "new post"}
    other = client_for(secadmin).post(f"/staff/{supervisor.pk}/role/", data)
    assert other.status_code == 302
    assert page.get("/team/")["Location"].startswith("/accounts/login/")
    part = page.get("/team/", headers={"HX-Request": "true"})
    assert (part.status_code, part.content) == (401, b"")
    assert program.get("/api/v1/customers/").status_code == 401


@pytest.mark.check("A-07")
def test_even_a_session_that_lives_on_has_the_rights_of_today_only(supervisor, client_for):
    """The role alone decides, should a session ever survive its end."""
    page = client_for(supervisor)
    assert page.get("/team/").status_code == 200
    User.objects.filter(pk=supervisor.pk).update(role="marketing")
    assert page.get("/team/").status_code == 403


@pytest.mark.check("A-07")
def test_a_moved_customer_is_gone_from_every_page_on_the_next_request(
    consultant, consultant_b, supervisor, client_for
):
    customer = CustomerFactory(owner=consultant, name="欧阳文静")
    page, program = client_for(consultant), bearer(consultant)
    url, resource = f"/customers/{customer.pk}/", f"/api/v1/customers/{customer.pk}/"
    assert (page.get(url).status_code, program.get(resource).status_code) == (200, 200)
    data = {"owner": consultant_b.pk, "reason": "离职交接"}
    assert client_for(supervisor).post(f"{url}assign/", data).status_code == 302
    assert (page.get(url).status_code, program.get(resource).status_code) == (404, 404)
    for path in ("/customers/?view=all", "/api/v1/customers/", f"{reverse('search')}?q=欧阳"):
        assert "欧阳文静" not in page.get(path).content.decode(), path
    assert page.post(f"{url}phone/", {"reason": "客户要求回电"}).status_code == 404


@pytest.mark.check("A-07")
def test_another_place_of_work_counts_on_the_next_request(
    org, supervisor, consultant, sysadmin, client_for
):
    customer = CustomerFactory(owner=consultant)
    page = client_for(supervisor)
    assert page.get(f"/customers/{customer.pk}/").status_code == 200
    place = getattr(org.team_b, "node", org.team_b)
    moved = client_for(sysadmin).post(f"/staff/{supervisor.pk}/place/", {"node": place.pk})
    assert moved.status_code == 302
    assert page.get(f"/customers/{customer.pk}/").status_code == 404


@pytest.mark.check("A-07")
@pytest.mark.check("A-09")
def test_a_queued_export_is_made_and_handed_out_with_the_rights_of_that_moment(
    consultant, consultant_b, supervisor, executive, org, client_for
):
    here = CustomerFactory(owner=consultant, name="王浩然")
    gone = CustomerFactory(owner=consultant_b, name="李娜")
    page = client_for(supervisor)
    job = export_of(page, client_for(executive))
    Customer.objects.filter(pk=gone.pk).update(team=org.team_a2)
    job = made(job)
    assert (job.state, job.subject_ids) == ("done", [here.pk])
    file = f"/exports/{job.pk}/file/"
    assert names_in(page.get(file)) == {"王浩然"}
    Customer.objects.filter(pk=here.pk).update(team=org.team_a2)
    assert page.get(file).status_code == 403
    Customer.objects.filter(pk=here.pk).update(team=here.team)
    User.objects.filter(pk=supervisor.pk).update(role="consultant")
    assert page.get(file).status_code == 403


@pytest.mark.check("A-07")
def test_there_is_no_open_stream_that_could_outlive_a_right():
    """Live parts of pages poll; each poll is a request of its own, judged like any other."""
    stream = re.compile(r"EventSource|event-stream|StreamingHttpResponse|WebSocket|hx-ext=|sse-")
    sources = [
        path
        for folder in ("crm_site", "customers", "templates", "static/js")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".html", ".js") and "htmx" not in path.name
    ]
    assert len(sources) > 300
    assert [str(path) for path in sources if stream.search(path.read_text())] == []


@pytest.mark.check("A-07")
def test_a_remembered_account_keeps_the_rights_of_yesterday(supervisor, client_for, monkeypatch):
    """Negative control: were the account read once and kept, the old role would go on."""
    page = client_for(supervisor)
    kept = RoleBackend().get_user(supervisor.pk)
    monkeypatch.setattr(RoleBackend, "get_user", lambda self, pk: kept)
    User.objects.filter(pk=supervisor.pk).update(role="marketing")
    assert page.get("/team/").status_code == 200


@pytest.mark.check("A-07")
def test_a_file_handed_out_without_a_look_at_the_rights_reaches_whoever_lost_them(
    consultant, supervisor, executive, org, client_for, monkeypatch
):
    """Negative control: the checks of the worker and of the download, switched off."""
    CustomerFactory(owner=consultant, name="王浩然")
    page = client_for(supervisor)
    job = export_of(page, client_for(executive))
    job = made(job)
    User.objects.filter(pk=supervisor.pk).update(role="marketing", node=org.project_one.node)
    file = f"/exports/{job.pk}/file/"
    assert page.get(file).status_code == 403
    monkeypatch.setattr(exports, "require_right", lambda *_: None)
    monkeypatch.setattr(exporting, "require_right", lambda *_: None)
    monkeypatch.setattr("crm_site.exchange.export_views._require_any", lambda *_: None)
    assert page.get(file).status_code == 200
    assert names_in(page.get(file)) == {"王浩然"}


@pytest.mark.check("A-08")
def test_a_leaver_leaves_no_session_token_link_export_or_customer_behind(
    consultant, supervisor, executive, sysadmin, client_for
):
    CustomerFactory(owner=consultant, name="王浩然")
    page, program = client_for(supervisor), bearer(supervisor)
    job = export_of(page, client_for(executive))
    link = password_path(supervisor)
    assert Client().get(link).status_code == 302
    closed = client_for(sysadmin).post(f"/staff/{supervisor.pk}/deactivate/")
    assert closed.status_code == 302
    assert not User.objects.get(pk=supervisor.pk).is_active
    assert page.get("/notifications/")["Location"].startswith("/accounts/login/")
    assert program.get("/api/v1/customers/").status_code == 401
    assert not AuthToken.objects.filter(user=supervisor).exists()
    assert Client().get(link).context["validlink"] is False
    job = made(job)
    assert (job.state, job.file) == ("failed", None)
    offered = client_for(sysadmin).post(f"/staff/{supervisor.pk}/password-link/")
    assert offered.status_code == 403
    services.reactivate(user=supervisor, actor=sysadmin, now=timezone.now())
    assert Client().get(link).context["validlink"] is False
    assert page.get("/notifications/").status_code == 302


@pytest.mark.check("A-08")
def test_who_still_has_customers_is_not_closed_before_they_are_handed_over(
    consultant, sysadmin, client_for
):
    customer = CustomerFactory(owner=consultant)
    answer = client_for(sysadmin).post(f"/staff/{consultant.pk}/deactivate/")
    assert answer.status_code == 409
    assert User.objects.get(pk=consultant.pk).is_active
    assert Customer.objects.get(pk=customer.pk).owner_id == consultant.pk
    assert not AuditEvent.objects.filter(kind="staff.user_deactivated").exists()
