"""Which papers a purchase needs at which point, as versions of a policy (CUS-66, 69, 71)."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting

# han: what papers are called
PAPERS: Final = "purchase.papers"
LONGEST = 40


@dataclass(frozen=True, slots=True)
class PaperRules:
    """Names of papers; the same name on several lists is one paper, handed in once."""

    signing: tuple[str, ...] = setting(
        _("For the signature"),
        default=("身份证", "户口簿", "婚姻状况证明", "购房资格证明", "首付款凭证"),
    )
    mortgage: tuple[str, ...] = setting(
        _("For the mortgage"),
        default=(
            "身份证",
            "户口簿",
            "婚姻状况证明",
            "收入证明",
            "银行流水",
            "首付款凭证",
            "征信授权书",
        ),
    )
    file: tuple[str, ...] = setting(
        _("For the customer's file"),
        default=("认购书", "购房合同", "身份证", "付款凭证", "不利因素告知书"),
    )
    megabytes: int = setting(_("A copy may have at most"), default=10, unit="MB", low=1, high=40)

    def __post_init__(self) -> None:
        for name in ("signing", "mortgage", "file"):
            papers = getattr(self, name)
            if len(set(papers)) != len(papers):
                raise FieldError(name, _("Name each paper once."))
            if any(not one.strip() or len(one) > LONGEST for one in papers):
                raise FieldError(
                    name, _("A name has at most %(count)s characters.") % {"count": LONGEST}
                )

    def of(self, checklist: str) -> tuple[str, ...]:
        """Return the names on one of the lists."""
        names: tuple[str, ...] = getattr(self, checklist)
        return names

    def every(self) -> tuple[str, ...]:
        """Return every name once, in the order of the lists."""
        return tuple(dict.fromkeys((*self.signing, *self.mortgage, *self.file)))


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=PAPERS,
            label=_("Papers of a purchase"),
            area=PolicyArea.UNITS,
            help=_("Which papers the customer brings, and which belong to the file."),
            shape=PaperRules,
            default=PaperRules(),
        )
    )
