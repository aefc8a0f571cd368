"""An export that waits may be changed by its asker; signatures given before are void."""

import pytest
from django.urls import reverse

from crm_site.approvals.models import Approval
from crm_site.audit.models import AuditEvent
from crm_site.exchange import tasks
from crm_site.exchange.export_models import ExportJob
from crm_site.outbox.models import Message
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(consultant, supervisor, executive, client_for, monkeypatch):
    monkeypatch.setattr(tasks.make_export, "delay_on_commit", lambda pk: None)
    CustomerFactory(owner=consultant)
    data = {"reason": "月度复盘", "columns": ["name", "phone"], "idempotency_key": "k"}
    assert client_for(supervisor).post("/exports/new/customers/?view=all", data).status_code == 302
    return ExportJob.objects.select_related("approval").get()


def change(client, job, key="c", **data):
    url = reverse("exports:export-change", args=[job.pk])
    return client.post(url, {"idempotency_key": key} | data)


def sign(client, approval, digest):
    return client.post(f"/approvals/{approval.pk}/sign/", {"digest": digest})


def test_fewer_columns_and_another_reason_are_what_is_signed_then(
    job, supervisor, executive, client_for
):
    page, boss, read = client_for(supervisor), client_for(executive), job.approval.digest
    form = page.get(reverse("exports:export-change", args=[job.pk]))
    assert form.context["form"]["reason"].value() == "月度复盘"
    assert form.context["form"]["columns"].value() == ["name", "phone"]
    assert (
        reverse("exports:export-change", args=[job.pk])
        in page.get(f"/exports/{job.pk}/").content.decode()
    )

    assert (
        change(page, job, reason="只要姓名即可", columns=["name"])["Location"]
        == f"/exports/{job.pk}/"
    )

    job.refresh_from_db()
    approval = Approval.objects.get()
    assert (job.columns, job.reason, job.state) == (["name"], "只要姓名即可", "waiting")
    assert (approval.content["columns"], approval.reason) == (["name"], "只要姓名即可")
    assert sign(boss, approval, read).status_code == 409  # what was read is no longer asked
    assert sign(boss, approval, approval.digest).status_code == 302
    tasks.make_export(job.pk)
    job.refresh_from_db()
    assert (job.state, job.columns) == ("done", ["name"])
    kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    assert {"approval.amended", "export.changed"} <= kinds
    assert Message.objects.filter(kind="approval.asked", recipient=executive).count() == 2


def test_what_is_sent_unchanged_changes_nothing(job, supervisor, client_for):
    before = (job.approval.digest, job.approval.round)
    page = client_for(supervisor)
    answer = change(page, job, reason="月度复盘", columns=["name", "phone"])
    assert answer["Location"] == f"/exports/{job.pk}/"
    approval = Approval.objects.get()
    assert (approval.digest, approval.round) == before
    assert not AuditEvent.objects.filter(kind__in=["export.changed", "approval.amended"]).exists()
    assert "重新" not in page.get(f"/exports/{job.pk}/").content.decode()


def test_after_the_decision_nothing_is_changed(job, supervisor, executive, client_for):
    page = client_for(supervisor)
    assert sign(client_for(executive), job.approval, job.approval.digest).status_code == 302
    assert change(page, job, reason="只要姓名即可", columns=["name"]).status_code == 409
    job.refresh_from_db()
    assert (job.columns, job.reason) == (["name", "phone"], "月度复盘")


@pytest.mark.parametrize(
    "data", [{"reason": "", "columns": ["name"]}, {"reason": "月度复盘", "columns": ["id_number"]}]
)
def test_a_bad_change_keeps_what_stands(data, job, supervisor, client_for):
    assert change(client_for(supervisor), job, **data).status_code == 422
    job.refresh_from_db()
    assert job.columns == ["name", "phone"]
    assert not AuditEvent.objects.filter(kind="approval.amended").exists()


def test_others_do_not_find_it(job, executive, client_for):
    assert (
        change(client_for(executive), job, reason="月度复盘", columns=["name"]).status_code == 404
    )
