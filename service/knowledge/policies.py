"""How the knowledge base answers, as versions of a policy."""

from dataclasses import dataclass
from re import compile as pattern
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting

KNOWLEDGE: Final = "service.knowledge"
SITE: Final = pattern(r"https?://[a-z0-9.-]{1,200}(?::[0-9]{1,5})?/?")


@dataclass(frozen=True, slots=True)
class KnowledgeRules:
    """When an article answers a question, and for how long things are kept (SVC-09, SVC-12)."""

    match_percent: int = setting(
        _("An article answers from this share of the question on"),
        default=50,
        unit="%",
        low=20,
        high=95,
    )
    most_offered: int = setting(_("Answers shown at most"), default=3, low=1, high=10)
    check_days: int = setting(
        _("Articles are checked every"), default=90, unit=_("days"), low=7, high=720
    )
    call_back_minutes: int = setting(
        _("A call-back is made after the desk opens within"),
        default=120,
        unit=_("minutes"),
        low=10,
        high=1440,
    )
    staffed_minutes: int = setting(
        _("While the desk is staffed somebody answers within"),
        default=30,
        unit=_("minutes"),
        low=5,
        high=480,
    )
    keep_talks_days: int = setting(
        _("Talks of the help page without a ticket are kept"),
        default=90,
        unit=_("days"),
        low=7,
        high=720,
    )
    feedback_days: int = setting(
        _("Whoever gave feedback is told what was done within"),
        default=7,
        unit=_("days"),
        low=1,
        high=90,
    )
    expectation_days: int = setting(
        _("Warning of unmet expectations before a handover"),
        default=14,
        unit=_("days"),
        low=1,
        high=90,
    )
    site_address: str = setting(
        _("Public address of the site, for links in messages"),
        default="",
        help=_("For example https://service.example.com. Left empty, no links are sent."),
    )

    def __post_init__(self) -> None:
        """Refuse an address that is none."""
        if self.site_address and not SITE.fullmatch(self.site_address):
            raise FieldError("site_address", _("Write an address that begins with https://."))


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=KNOWLEDGE,
            label=_("Knowledge base and help page"),
            area=PolicyArea.TIME,
            help=_("When an article counts as an answer and how soon a person takes over."),
            shape=KnowledgeRules,
            default=KnowledgeRules(),
        )
    )
