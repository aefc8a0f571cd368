"""The checklist of the sales hall, the gates before a launch, certificates that run out."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from crm_site.outbox.models import Message
from customers.models import (
    Certificate,
    Disclosure,
    Project,
    ProjectLaunch,
    ProjectPhase,
    ProofPhoto,
)
from customers.property import choices, gates
from customers.property.expiring import warn_of_certificates
from customers.property.gates import launch_blockers, register_launch_gate
from customers.property.rules import CertificateKind, DisclosureKind
from customers.tasks import warn_of_certificates as job
from tests.launch.steps import prepared
from tests.property.conftest import chunk, png

pytestmark = pytest.mark.django_db


def tick(client, project, kind, *, data=None, note=""):
    photo = SimpleUploadedFile("hall.png", png() if data is None else data, "image/png")
    return client.post(
        f"/projects/{project.pk}/launch/tick/", {"kind": kind, "photo": photo, "note": note}
    )


def start(client, project):
    return client.post(f"/projects/{project.pk}/launch/start/")


@pytest.fixture
def ready(project, make_units, phases, papers, today, marketing, executive) -> Project:
    """Everything is done but the sales hall."""
    make_units(3)
    ProjectLaunch.objects.all().delete()
    project.launch_on = today + timedelta(days=3)
    project.save()
    prepared(project, timezone.now())
    return project


@pytest.mark.spec("MKT-61")
def test_the_launch_waits_for_each_of_the_six_items(ready, marketing, executive, client) -> None:
    kinds = [kind.value for kind in DisclosureKind]
    assert len(kinds) == 6
    for done, kind in enumerate(kinds):
        client.force_login(executive)
        page = start(client, ready)
        assert page.status_code == 409
        html = page.content.decode()
        missing = [str(label) for value, label in choices.DISCLOSURES if value in kinds[done:]]
        assert html.count("售楼处未公示") == len(missing) == 6 - done
        assert not ProjectLaunch.objects.exists()
        client.force_login(marketing)
        assert tick(client, ready, kind).status_code == 302
    client.force_login(executive)
    assert "售楼处未公示" not in client.get(f"/projects/{ready.pk}/launch/").content.decode()
    assert start(client, ready).status_code == 302
    launch = ProjectLaunch.objects.get()
    assert (launch.project, launch.launched_by) == (ready, executive)
    assert launch.facts["disclosures"] == list(Disclosure.objects.values_list("pk", flat=True))
    before, peak = (
        ProjectPhase.objects.get(project=ready, kind=kind) for kind in ("pre_launch", "peak")
    )
    assert before.ended_on == peak.started_on == timezone.localdate()
    assert AuditEvent.objects.filter(kind="project.launched").count() == 1
    assert start(client, ready).status_code == 409
    assert ProjectLaunch.objects.count() == 1


def test_a_photo_is_kept_encrypted_without_what_the_camera_wrote(
    ready, marketing, colleague_of_other_project, client
) -> None:
    client.force_login(marketing)
    secret = chunk(b"tEXt", b"Author\0somebody")
    assert tick(client, ready, "prices", data=png(secret), note="南门展架").status_code == 302
    row = Disclosure.objects.select_related("photo").get()
    assert (row.ticked_by, row.note, row.kind) == (marketing, "南门展架", "prices")
    assert row.photo.media_type == "image/png"
    url = f"/projects/{ready.pk}/launch/{row.pk}/photo/"
    answer = client.get(url)
    assert answer.content == png()
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    raw = ProofPhoto.objects.raw("SELECT id, content AS cipher FROM customers_proofphoto")[0].cipher
    assert b"iVBOR" not in bytes(raw)
    client.force_login(colleague_of_other_project)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("data", [b"<svg/>", b"", png()[:-30], b"\xff\xd8\xff\xe0\x00\x10JFIF"])
def test_what_is_no_photo_ticks_nothing(ready, marketing, client, data) -> None:
    client.force_login(marketing)
    page = tick(client, ready, "prices", data=data)
    assert page.status_code == 422
    assert Disclosure.objects.count() == ProofPhoto.objects.count() == 0


def test_an_item_is_ticked_once_and_taken_back_with_a_reason(ready, marketing, client) -> None:
    client.force_login(marketing)
    tick(client, ready, "parking")
    again = tick(client, ready, "parking")
    assert again.status_code == 422
    assert "已由他人确认" in again.content.decode()
    assert Disclosure.objects.count() == ProofPhoto.objects.count() == 1
    row = Disclosure.objects.get()
    url = f"/projects/{ready.pk}/launch/{row.pk}/withdraw/"
    assert client.post(url, {"reason": " "}).status_code == 409
    row.refresh_from_db()
    assert row.withdrawn_at is None
    assert client.post(url, {"reason": "展架已撤"}).status_code == 302
    row.refresh_from_db()
    assert (row.withdrawn_by, row.withdrawn_reason) == (marketing, "展架已撤")
    assert tick(client, ready, "parking").status_code == 302
    twin = Disclosure.objects.get(withdrawn_at=None)
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.spec("MKT-07")
def test_the_phase_opens_the_checklist_and_the_launch(ready, marketing, executive, client) -> None:
    ProjectPhase.objects.filter(project=ready).update(started_on=None)
    client.force_login(marketing)
    shut = tick(client, ready, "prices")
    assert shut.status_code == 422
    assert "该阶段尚未开始" in shut.content.decode()
    assert not Disclosure.objects.exists()
    html = client.get(f"/projects/{ready.pk}/").content.decode()
    assert html.count("未开放") == 3
    client.force_login(executive)
    phase = ProjectPhase.objects.get(project=ready, kind="pre_launch")
    url = f"/projects/{ready.pk}/phases/{phase.pk}/"
    form = {
        "kind": "pre_launch",
        "planned_from": f"{phase.planned_from:%Y-%m-%d}",
        "planned_until": f"{phase.planned_until:%Y-%m-%d}",
        "started_on": f"{timezone.localdate():%Y-%m-%d}",
    }
    assert client.post(url, form).status_code == 302
    html = client.get(f"/projects/{ready.pk}/").content.decode()
    assert (html.count("已开放"), html.count("未开放")) == (2, 1)
    client.force_login(marketing)
    assert tick(client, ready, "prices").status_code == 302


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda p, t: Project.objects.filter(pk=p.pk).update(launch_on=None), "未设置开盘日期"),
        (
            lambda p, t: Project.objects.filter(pk=p.pk).update(launch_on=t - timedelta(days=1)),
            "已过，重新设置",
        ),
        (
            lambda p, t: Certificate.objects.filter(kind="presale").delete(),
            "缺少：商品房预售许可证",
        ),
        (
            lambda p, t: Certificate.objects.filter(kind="presale").update(
                expires_on=t - timedelta(days=1)
            ),
            "过期",
        ),
        (lambda p, t: ProjectPhase.objects.update(started_on=None), "未处于开盘前阶段"),
    ],
)
def test_every_gate_blocks_with_its_reason(ready, executive, client, spoil, words, today) -> None:
    client.force_login(executive)
    assert words not in start(client, ready).content.decode()
    spoil(ready, today)
    page = start(client, ready)
    assert page.status_code == 409
    assert words in page.content.decode()
    assert not ProjectLaunch.objects.exists()


def test_other_packages_add_gates(ready, today, monkeypatch) -> None:
    monkeypatch.setattr(gates, "_gates", {})
    assert launch_blockers(ready, today=today) == []
    register_launch_gate("comfort", "舒适度检查", lambda project, day: [f"{project.name}未检查"])
    assert launch_blockers(ready, today=today) == ["云栖里未检查"]


def test_only_marketing_and_management_tick_and_only_management_launches(
    ready, seller, marketing, client
) -> None:
    client.force_login(seller)
    assert tick(client, ready, "prices").status_code == 403
    client.force_login(marketing)
    assert start(client, ready).status_code == 403
    assert not Disclosure.objects.exists()


@pytest.mark.spec("MKT-61")
def test_certificates_are_called_up_once_a_day(
    ready, marketing, executive, seller, today, now
) -> None:
    now = timezone.now()
    assert warn_of_certificates(now=now) == 0
    paper = Certificate.objects.get(kind=CertificateKind.PRESALE)
    Certificate.objects.filter(pk=paper.pk).update(expires_on=today + timedelta(days=30))
    assert job() == 1
    assert job() == 0
    told = Message.objects.filter(kind="certificate.expiring")
    assert {message.recipient for message in told} == {marketing, executive}
    assert warn_of_certificates(now=now + timedelta(days=1)) == 1
    assert Message.objects.filter(kind="certificate.expiring").count() == 4
    Certificate.objects.create(
        project=ready, kind="presale", number="新证", issued_on=today, expires_on=None
    )
    assert warn_of_certificates(now=now + timedelta(days=2)) == 0
    assert warn_of_certificates(now=now + timedelta(days=40)) == 0
