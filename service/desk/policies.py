"""Lines, snippets, shares and texts of the desk, as versions of a policy."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting

DESK: Final = "desk.rules"
HOURS = (
    "400 热线：夏季 9:00–18:00、冬季 9:00–17:30 人工",  # han: hours of the hotline
    "其余时间为自动服务，可留言",  # han: hours of the hotline
)
# han: what agents say, as it is first written
SNIPPETS = (
    "非常抱歉给您带来不便，我马上登记并跟进处理。",  # han: a snippet
    "工程师会在约定时间上门查看，请保持电话畅通。",  # han: a snippet
    "保修范围以质量保证书为准，我帮您核对后回复。",  # han: a snippet
)


@dataclass(frozen=True, slots=True)
class DeskRules:
    """How the desk works (SVC-11, SVC-19 to SVC-26)."""

    lines: tuple[str, ...] = setting(
        _("Lines of projects"),
        default=(),
        help=_("One a line: number of the line, equals sign, code of the project."),
    )
    public_channels: tuple[str, ...] = setting(
        _("Channels shown to everybody"),
        default=HOURS,
        help=_("One a line, for example: E-mail: service@example.com"),
    )
    snippets: tuple[str, ...] = setting(_("Snippets, typed as //1 to //9"), default=SNIPPETS)
    marketing_script: str = setting(
        _("What is offered to those who agreed to marketing"),
        default="您近期有置业或推荐亲友的打算吗？可以为您预约参观。",  # han: a script
    )
    sample_percent: int = setting(
        _("Calls and cases of an agent drawn for quality each month"),
        default=5,
        unit=_("percent"),
        low=0,
        high=100,
    )
    sample_least: int = setting(_("At least"), default=3, low=0, high=100)
    fallback_project: str = setting(
        _("Project of messages that name none"),
        default="",
        help=_("Its code; empty: the first project of the list."),
    )

    def __post_init__(self) -> None:
        if len(self.snippets) > 9 or any(len(each) > 300 for each in self.snippets):
            raise FieldError("snippets", _("At most nine snippets of 300 characters."))
        if any(not all(part.strip() for part in _parts(line)) for line in self.lines):
            raise FieldError("lines", _("Write a line as 4008001234=project-code."))

    def project_code(self, line: str) -> str:
        """Return the code of the project that has the line; "" for a line of all projects."""
        pairs = [_parts(each) for each in self.lines]
        return next((code.strip() for number, code in pairs if number.strip() == line), "")


def _parts(line: str) -> tuple[str, str]:
    number, _sign, code = line.partition("=")
    return number, code


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=DESK,
            label=pgettext_lazy("policy", "Call-centre desk"),
            area=PolicyArea.CONTACT,
            help=_("Lines, channels shown, snippets, and what is drawn for quality."),
            shape=DeskRules,
            default=DeskRules(),
        )
    )
