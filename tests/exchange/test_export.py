"""A list leaves the system: approved, made with today's rights, marked, dead after a day."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from openpyxl import load_workbook

from crm_site.approvals.models import Approval
from crm_site.audit.models import AuditEvent
from crm_site.exchange import tasks
from crm_site.exchange.export_models import ExportJob
from crm_site.outbox.models import Message
from crm_site.policies.models import PolicyVersion
from crm_site.policies.services import in_force
from crm_site.staff.services import change_role, move_user
from customers.exporting import COLUMNS
from tests.factories import CustomerFactory

ENGLISH = {"accept-language": "en"}
START = "/exports/new/customers/"
EVIL = [
    "=cmd|' /C calc'!A0",
    "+86 138",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\x00=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠a",
    "https://evil.example/",
]


@pytest.fixture(autouse=True)
def sent(monkeypatch) -> list[int]:
    """Collect what would go to the worker."""
    found: list[int] = []
    monkeypatch.setattr(tasks.make_export, "delay_on_commit", found.append)
    return found


@pytest.fixture
def customers(consultant, supervisor, executive):
    return [
        CustomerFactory(owner=consultant, name=name, phone=f"+861391234567{place}")
        for place, name in enumerate(("王浩然", "李娜"))
    ]


def ask(client, query="", key="k1", **more):
    data = {
        "reason": "月度复盘",
        "columns": [column.key for column in COLUMNS],
        "idempotency_key": key,
    }
    return client.post(f"{START}{query}", data | more, headers=ENGLISH)


def approve(client, job):
    approval = job.approval
    path = f"/approvals/{approval.pk}/sign/"
    return client.post(path, {"digest": approval.digest})


def make(job) -> ExportJob:
    tasks.make_export(job.pk)
    return ExportJob.objects.select_related("approval").get(pk=job.pk)


def ready(client_for, asker, signer, query="") -> ExportJob:
    """Return an export that was asked for, approved and made."""
    assert ask(client_for(asker), query).status_code == 302
    job = ExportJob.objects.select_related("approval").latest("pk")
    assert approve(client_for(signer), job).status_code == 302
    return make(job)


def sheet_of(answer):
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.content)).worksheets[0]


def table(answer) -> list[list[str]]:
    return [[cell.value or "" for cell in row] for row in sheet_of(answer).iter_rows()]


@pytest.mark.spec("PLT-10")
def test_without_approval_403_and_the_file_carries_the_users_mark(
    client_for, customers, supervisor, executive, sent
) -> None:
    page, boss = client_for(supervisor), client_for(executive)
    answer = ask(page)
    job = ExportJob.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/exports/{job.pk}/")
    assert (job.state, sent) == ("waiting", [])
    file = f"/exports/{job.pk}/file/"
    assert page.get(file).status_code == 403
    tasks.make_export(job.pk)
    assert ExportJob.objects.get().file is None
    assert page.get(file).status_code == 403
    assert approve(page, job).status_code == 403
    asked = Message.objects.get(kind="approval.asked")
    assert asked.recipient == executive
    inbox = boss.get("/approvals/", headers=ENGLISH).content.decode()
    assert f"/approvals/{job.approval_id}/" in inbox
    assert approve(boss, job).status_code == 302
    assert sent == [job.pk]
    job = make(job)
    assert (job.state, job.rows_done, job.approval.state) == ("done", 2, "used")
    rows = table(page.get(file))
    mark = rows[0][0]
    for part in (supervisor.name, f"E-{job.pk}", f"{timezone.localtime():%Y-%m-%d}"):
        assert part in mark
    assert [row[-1] for row in rows[2:]] == [mark, mark]
    assert [row[0] for row in rows[2:]] == ["李娜", "王浩然"]


@pytest.mark.check("B-36")
def test_the_file_shows_what_the_screen_shows_masked_alike(
    client_for, customers, supervisor, executive
) -> None:
    job = ready(client_for, supervisor, executive, "?q=13912345671")
    page = client_for(supervisor)
    answer = page.get(f"/exports/{job.pk}/file/")
    rows = table(answer)
    assert len(rows) == 3
    screen = page.get("/customers/?q=13912345671&order=name").context["rows"][0]
    shown = dict(zip([column.key for column in COLUMNS], rows[2], strict=False))
    for key in ("name", "class_label", "project", "source", "last", "phone", "owner"):
        assert shown[key] == str(getattr(screen, key)), key
    assert "****" in shown["phone"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        inside = b"".join(parts.read(name) for name in parts.namelist())
    assert b"12345671" not in inside


@pytest.mark.parametrize(
    "role", ["consultant", "marketing", "channel", "agent", "specialist", "privacy", "auditor"]
)
def test_roles_without_export_get_403_and_no_button(client_for, cast, role) -> None:
    client = client_for(cast[role])
    assert client.get(START).status_code == 403
    assert ask(client).status_code == 403
    assert client.get("/exports/").status_code == 403
    assert "/exports/" not in client.get("/notifications/").content.decode()
    assert not ExportJob.objects.exists()


@pytest.mark.check("A-22")
def test_no_text_of_the_file_is_a_formula_a_link_or_changed(
    client_for, consultant, supervisor, executive
) -> None:
    for name in EVIL:
        CustomerFactory(owner=consultant, name=name.replace("\x00", "\x01"))
    job = ready(client_for, supervisor, executive)
    answer = client_for(supervisor).get(f"/exports/{job.pk}/file/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        names = parts.namelist()
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<f " not in sheet
    assert "<hyperlink" not in sheet
    assert not [name for name in names if "externalLink" in name]
    cells = [row[0] for row in sheet_of(answer).iter_rows(min_row=3)]
    assert {cell.data_type for cell in cells} == {"s"}
    clean = {name.replace("\x00", "").replace("\t", "").replace("\r", "") for name in EVIL}
    assert {cell.value for cell in cells} == clean
    risky = {cell.value for cell in cells if cell.quotePrefix}
    assert risky == clean - {"https://evil.example/"}


@pytest.mark.check("A-09")
def test_the_file_holds_what_the_asker_sees_when_it_is_made_not_when_it_was_asked(
    client_for, customers, org, supervisor, executive
) -> None:
    assert ask(client_for(supervisor)).status_code == 302
    job = ExportJob.objects.select_related("approval").get()
    assert approve(client_for(executive), job).status_code == 302
    customers[0].__class__.objects.filter(pk=customers[0].pk).update(team=org.team_a2)
    job = make(job)
    assert (job.state, job.subject_ids) == ("done", [customers[1].pk])
    rows = table(client_for(supervisor).get(f"/exports/{job.pk}/file/"))
    assert [row[0] for row in rows[2:]] == ["李娜"]


@pytest.mark.check("A-09")
def test_a_lost_right_makes_no_file_and_a_smaller_scope_closes_a_made_one(
    client_for, customers, org, supervisor, executive
) -> None:
    job = ready(client_for, supervisor, executive)
    file = f"/exports/{job.pk}/file/"
    move_user(user=supervisor, node=org.team_b, actor=None)
    assert client_for(supervisor).get(file).status_code == 403
    move_user(user=supervisor, node=org.team_a, actor=None)
    assert client_for(supervisor).get(file).status_code == 200
    assert ask(client_for(supervisor), key="k2").status_code == 302
    second = ExportJob.objects.select_related("approval").latest("pk")
    assert approve(client_for(executive), second).status_code == 302
    change_role(user=supervisor, role="consultant", actor=None)
    second = make(second)
    assert (second.state, second.file) == ("failed", None)
    supervisor.refresh_from_db()
    assert client_for(supervisor).get(file).status_code == 403


def test_the_file_is_dead_for_others_and_after_a_day(
    client_for, customers, supervisor, executive, head_office
) -> None:
    job = ready(client_for, supervisor, executive)
    file, page = f"/exports/{job.pk}/file/", client_for(supervisor)
    for other in (executive, head_office):
        assert client_for(other).get(file).status_code == 404
    assert job.expires_at - job.finished_at == timedelta(hours=24)
    ExportJob.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert page.get(file).status_code == 403
    tasks.tend_exports()
    job.refresh_from_db()
    assert (job.state, job.file, job.subject_ids) == ("expired", None, [])
    assert page.get(file).status_code == 403


def test_the_file_lies_encrypted_in_the_database(client_for, customers, supervisor, executive):
    job = ready(client_for, supervisor, executive, "?q=13912345670")
    with connection.cursor() as cursor:
        cursor.execute("SELECT file, query FROM exchange_exportjob WHERE id = %s", [job.pk])
        file, query = (bytes(value) for value in cursor.fetchone())
    assert b"UEsDB" not in file
    assert b"13912345670" not in query
    assert job.subject_ids == [customers[0].pk]


def test_the_trail_holds_one_event_with_the_manifest_and_no_personal_data(
    client_for, customers, supervisor, executive
) -> None:
    job = ready(client_for, supervisor, executive, "?q=13912345670")
    client_for(supervisor).get(f"/exports/{job.pk}/file/")
    made = AuditEvent.objects.get(kind="export.made")
    assert (made.facts["count"], made.facts["ids"]) == (1, [customers[0].pk])
    assert made.facts["filters"] == ["q"]
    assert made.facts["columns"] == [column.key for column in COLUMNS]
    kinds = ["export.asked", "export.made", "export.downloaded"]
    found = AuditEvent.objects.filter(kind__startswith="export.").order_by("pk")
    assert list(found.values_list("kind", flat=True)) == kinds
    assert not AuditEvent.objects.filter(facts__icontains="13912345670").exists()


def test_a_killed_worker_leaves_no_file_and_the_next_makes_it_once(
    client_for, customers, supervisor, executive, sent
) -> None:
    assert ask(client_for(supervisor)).status_code == 302
    job = ExportJob.objects.select_related("approval").get()
    approve(client_for(executive), job)
    sent.clear()
    long_ago = timezone.now() - timedelta(minutes=10)
    Approval.objects.update(state="used", used_at=long_ago)
    ExportJob.objects.update(state="running", heartbeat_at=long_ago)
    assert tasks.tend_exports() == {"dropped": 0, "resumed": 1}
    assert sent == [job.pk]
    assert make(job).state == "done"
    assert make(job).rows_done == 2
    assert AuditEvent.objects.filter(kind="export.made").count() == 1


def test_a_refused_export_stays_shut_and_tells_why(client_for, customers, supervisor, executive):
    page = client_for(supervisor)
    ask(page)
    job = ExportJob.objects.select_related("approval").get()
    path = f"/approvals/{job.approval_id}/refuse/"
    boss = client_for(executive)
    assert boss.post(path, {"reason": ""}).status_code == 422
    assert boss.post(path, {"reason": "理由不足"}).status_code == 302
    job.refresh_from_db()
    assert job.state == "refused"
    assert make(job).file is None
    assert page.get(f"/exports/{job.pk}/file/").status_code == 403
    assert "理由不足" in page.get(f"/approvals/{job.approval_id}/").content.decode()
    assert Message.objects.filter(kind="approval.decided", recipient=supervisor).count() == 1


@pytest.mark.parametrize(
    "more", [{"reason": ""}, {"reason": "x"}, {"columns": []}, {"columns": ["phone", "id_number"]}]
)
def test_an_export_without_reason_or_with_unknown_columns_is_refused(
    client_for, customers, supervisor, more
) -> None:
    assert ask(client_for(supervisor), **more).status_code == 422
    assert not ExportJob.objects.exists()
    assert not Approval.objects.exists()


def test_unreadable_filters_and_empty_lists_export_nothing(client_for, customers, supervisor):
    page = client_for(supervisor)
    assert ask(page, "?grade=Z").status_code == 422
    assert ask(page, "?q=没有这个人", key="k2").status_code == 409
    assert not ExportJob.objects.exists()


def test_below_the_limit_of_the_policy_no_approval_is_asked(
    client_for, customers, supervisor, sent
) -> None:
    in_force("export.rules", at=timezone.now())
    payload = PolicyVersion.objects.get(key="export.rules").payload
    PolicyVersion.objects.filter(key="export.rules").update(
        payload=payload | {"rows_without_approval": 2}
    )
    assert ask(client_for(supervisor)).status_code == 302
    job = ExportJob.objects.get()
    assert (job.state, job.approval, sent) == ("queued", None, [job.pk])
    assert make(job).state == "done"


@pytest.mark.check("A-62")
def test_many_rows_within_an_hour_alarm_superiors_and_watchers_at_once(
    client_for, customers, supervisor, executive, secadmin, auditor
) -> None:
    in_force("export.rules", at=timezone.now())
    payload = PolicyVersion.objects.get(key="export.rules").payload
    PolicyVersion.objects.filter(key="export.rules").update(
        payload=payload | {"alarm_rows_per_hour": 3}
    )
    ready(client_for, supervisor, executive)
    assert not AuditEvent.objects.filter(kind="export.mass").exists()
    assert ask(client_for(supervisor), key="k2").status_code == 302
    second = ExportJob.objects.select_related("approval").latest("pk")
    approve(client_for(executive), second)
    make(second)
    alarm = AuditEvent.objects.get(kind="export.mass")
    assert (alarm.facts["rows"], alarm.subject_id) == (4, str(supervisor.pk))
    told = Message.objects.filter(kind="export.mass").values_list("recipient__username", flat=True)
    assert set(told) == {"executive", "secadmin", "auditor"}
    page = client_for(auditor).get("/audit/", headers=ENGLISH).content.decode()
    assert "Unusually many rows exported" in page


def test_head_office_asks_another_of_head_office_or_nobody(client_for, customers, head_office):
    assert ask(client_for(head_office)).status_code == 409
    assert not ExportJob.objects.exists()
