"""Pre-subscription does not open without wording that the customer relations centre reviewed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_site.documents.models import DocumentVersion
from crm_site.documents.services import create_document, submit_version
from customers.property.papers import is_reviewed_wording_in_force
from customers.purchase.models import Purchase
from customers.purchase.services.holding import hold_unit
from tests.documents.signing import draft, paper_in_force, people_for, sign_all

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def held(unit, buyer, seller) -> Purchase:
    return hold_unit(unit=unit, customer=buyer, actor=seller, now=timezone.now())


def presubscribe(client, purchase):
    url = f"/purchases/{purchase.pk}/presubscribe/"
    return client.post(url, {"deposit": "20000"}, headers=ENGLISH)


@pytest.mark.spec("MKT-60")
def test_presubscription_opens_only_with_reviewed_wording(client_for, held, project, seller):
    client, now = client_for(seller), timezone.now()
    writer, reviewer, approver = people_for(project)
    document = create_document(
        kind="uniform-wording",
        draft=draft("统一口径", "交房时间以合同为准"),
        subject_id=project.pk,
        actor=writer,
        now=now,
    )
    version = submit_version(document=document, actor=writer, now=now)
    sign_all(version, (approver,), now)  # without the centre it is no reviewed wording
    refused = presubscribe(client, held)
    assert refused.status_code == 422
    assert "no uniform wording reviewed" in refused.content.decode()
    held.refresh_from_db()
    assert (held.state, held.deposit) == ("held", None)
    url = f"/approvals/{version.approval_id}/sign/"
    digest = DocumentVersion.objects.get().approval.digest
    assert client_for(reviewer).post(url, {"digest": digest}).status_code == 302
    assert is_reviewed_wording_in_force(project, now=timezone.now())
    assert presubscribe(client, held).status_code == 302
    held.refresh_from_db()
    assert held.state == "presubscribed"


def test_wording_that_ran_out_or_belongs_to_another_project_opens_nothing(
    client_for, held, project, org, seller
) -> None:
    now, today = timezone.now(), timezone.localdate()
    paper_in_force("uniform-wording", org.project_two, now)
    paper_in_force("uniform-wording", project, now, effective_until=today)
    assert is_reviewed_wording_in_force(project, now=now)
    assert not is_reviewed_wording_in_force(project, now=now + timedelta(days=1))
    DocumentVersion.objects.filter(effective_until=today).update(
        effective_until=today - timedelta(days=1)
    )
    assert presubscribe(client_for(seller), held).status_code == 422
    held.refresh_from_db()
    assert held.state == "held"
