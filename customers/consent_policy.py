"""The texts customers consent to; a changed text is a new version of the policy (PLT-06)."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from customers import choices
from customers.rules.consent import Purpose, digest_of

TEXTS: Final = "consent.texts"

# What is shown to customers, hence in their language; each names purpose, data and the way out.
DEFAULT_TEXTS = {
    Purpose.CONTACT.value: (
        "我同意贵公司使用我提供的姓名与联系方式，就我咨询的项目与我联系。我可随时通过置业顾问或客服热线撤回。"
    ),
    Purpose.MARKETING.value: (
        "我同意贵公司向我发送项目动态、活动与优惠信息。不同意不影响看房与购房，我可随时撤回。"
    ),
    Purpose.PROFILING.value: (
        "我同意贵公司根据我的购房需求与往来记录进行客户分级与预测，用于安排服务。我可随时撤回，并可要求说明。"
    ),
    Purpose.THIRD_PARTY.value: (
        "我同意贵公司为办理贷款、渠道确认等事项，向具体告知的第三方提供或取得我的必要信息。我可随时撤回。"
    ),
    Purpose.SHARING.value: (
        "我同意贵公司将我的姓名、联系方式与购房需求提供给旗下其他项目，以便推荐合适房源。我可随时撤回。"
    ),
    Purpose.PUBLICATION.value: (
        "我同意贵公司公开我的购房或居住故事，包括经我确认的文字与照片。我可随时撤回，撤回后停止使用。"
    ),
}
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class ConsentTexts:
    """One text per purpose."""

    texts: dict[str, str] = setting(  # noqa: RUF009 -- a dataclass field
        _("Text by purpose"),
        default=DEFAULT_TEXTS,
        labels=dict(choices.PURPOSES),
        help=_("Whoever agreed to another text has to be asked again."),
    )

    def __post_init__(self) -> None:
        if set(self.texts) != {purpose.value for purpose in Purpose}:
            raise FieldError("texts", _("Give a text for each purpose."))
        if any(not text.strip() for text in self.texts.values()):
            raise FieldError("texts", _("Give a text for each purpose."))
        if any(len(text) > LONGEST for text in self.texts.values()):
            raise FieldError("texts", _("A text has at most 1,000 characters."))

    def digest(self, purpose: Purpose) -> str:
        """Return the digest of the text for ``purpose``."""
        return digest_of(self.texts[purpose.value])


def register() -> None:
    """Make the policy of the consent texts known."""
    register_policy(
        PolicyKind(
            key=TEXTS,
            label=_("Consent texts"),
            area=PolicyArea.CONTACT,
            shape=ConsentTexts,
            default=ConsentTexts(),
            help=_("Every consent keeps the version and the digest of the text that was shown."),
        )
    )
