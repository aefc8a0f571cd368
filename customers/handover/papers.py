"""The five documents that go with every handover notice, as controlled documents (SVC-81)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.documents.models import DocumentVersion
from crm_site.documents.registry import DocumentKind, register_kind
from crm_site.documents.selectors import version_in_force
from customers.property.papers import APPROVE, PROJECT, WRITE

ATTACHMENTS: Final[Mapping[str, tuple[Any, str]]] = {
    "handover-guide": (_("Handover guide"), "HG"),
    "home-helper": (_("Home helper"), "HH"),
    "owners-manual": (_("Owner's manual"), "OM"),
    "inspection-manual": (_("Home-inspection manual"), "IM"),
    "welcome-card": (_("Welcome card"), "WC"),
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """One of the five with the version that counts on a day; None: it is missing."""

    kind: str
    label: Any
    version: DocumentVersion | None


def attachments_of(project_id: int, *, today: date) -> list[Attachment]:
    """Return the five attachments of a project as they stand on ``today``."""
    return [
        Attachment(key, label, version_in_force(key, PROJECT, project_id, today=today))
        for key, (label, _prefix) in ATTACHMENTS.items()
    ]


def register() -> None:
    """Make the five kinds known; safe to call again."""
    for key, (label, prefix) in ATTACHMENTS.items():
        register_kind(
            DocumentKind(
                key=key,
                label=label,
                prefix=prefix,
                edit_permission=WRITE,
                approvers=(APPROVE,),
                subject_kind=PROJECT,
                sections=(pgettext_lazy("document section", "Text"),),
                help=_("Goes with every handover notice of the project."),
            )
        )
