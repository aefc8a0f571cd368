"""How long before its end a document is announced to its holder, as versions of a policy."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting

NOTICES: Final = "documents.notices"


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """When the holder is told that a document runs out."""

    days_before: int = setting(
        _("Notice before a document runs out"), default=30, unit=_("days"), low=1, high=180
    )


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=NOTICES,
            label=_("Notices about documents"),
            area=PolicyArea.TIME,
            help=_("How long before the last day of a document its holder is told."),
            shape=NoticeRules,
            default=NoticeRules(),
        )
    )
