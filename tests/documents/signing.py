"""Short cuts to papers that count."""

from datetime import date, datetime

from crm_site.approvals.models import Approval
from crm_site.approvals.services import sign
from crm_site.documents.models import Document, DocumentVersion
from crm_site.documents.services import Draft, create_document, submit_version
from crm_site.staff.models import User
from customers.models import Project
from tests.factories import UserFactory

FIRST_DAY = date(2026, 1, 1)


def draft(title: str = "销售手册", text: str = "容积率 2.5", **more) -> Draft:
    sections = more.pop("sections", ({"title": "规划", "text": text},))
    more = {"effective_from": FIRST_DAY} | more
    return Draft(title=title, sections=sections, **more)


def people_for(project: Project) -> tuple[User, User, User]:
    """Return who writes, who reviews for the centre and who approves; made where missing."""

    def one(role: str, node) -> User:
        found = User.objects.filter(role=role, is_active=True, node=node).first()
        return found or UserFactory(role=role, node=node, name=role)

    region = project.node.region
    return (
        one("marketing", project.node),
        one("service_manager", region),
        one("executive", region),
    )


def sign_all(version: DocumentVersion, signers: tuple[User, ...], now: datetime) -> DocumentVersion:
    """Give every signature a version waits for."""
    for signer in signers:
        approval = Approval.objects.get(pk=version.approval_id)
        if signer.has_perm(approval.next_permissions[0]) or approval.joint:
            sign(approval_id=approval.pk, digest=approval.digest, signer=signer, now=now)
    version.refresh_from_db()
    return version


def paper_in_force(kind: str, project: Project, now: datetime, **more) -> Document:
    """Write a paper of ``project`` and have it signed by all who have to."""
    writer, reviewer, approver = people_for(project)
    document = create_document(
        kind=kind, draft=draft(**more), subject_id=project.pk, actor=writer, now=now
    )
    version = submit_version(document=document, actor=writer, now=now)
    signers = (reviewer, approver) if kind == "uniform-wording" else (approver,)
    sign_all(version, signers, now)
    return document
