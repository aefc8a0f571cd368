"""One record of each kind of planning, for the tests of access."""

from typing import Any

from django.utils import timezone

from crm_site.documents.models import Document, DocumentVersion
from customers.models import Customer, Project
from marketing.planning.papers import SHEET


def planning_of(
    _customer: Customer, _people: dict[str, Any], _made: dict[str, Any]
) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was made before."""
    return {}


def hidden_planning(project: Project, owner: Any) -> dict[str, int]:
    """Return a comparison sheet of a project that nobody of the cases sees."""
    sheet = Document.objects.create(
        kind=SHEET,
        number="CS-99999",
        title="远方对比",
        subject_kind="project",
        subject_id=project.pk,
        holder=owner,
    )
    DocumentVersion.objects.create(
        document=sheet,
        number=1,
        state="approved",
        title=sheet.title,
        effective_from=timezone.localdate(),
        author=owner,
        approved_at=timezone.now(),
    )
    return {"sheet": sheet.pk}
