"""The settings of win-back, as versions of a policy."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from analytics.churn.rules.words import Level
from analytics.winback import choices
from analytics.winback.rules.plans import PlanTemplate
from analytics.winback.rules.words import CAUSES, Behaviour
from crm_site.calendars.builtin import BUILTIN_PLANS, SALES_OFFICE, SERVICE_DESK
from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting

WINBACK: Final = "churn.winback"
PLANS: Final = "churn.plans"
YUAN = _("yuan")
DAYS = _("days")
HOURS = _("hours")
LEVEL_LABELS = dict(choices.LEVELS)
UPGRADE_LABELS = dict(choices.UPGRADES)


@dataclass(frozen=True, slots=True)
class WinbackRules:
    """Who is called by when, who is left alone, what counts as coming back, what it may cost."""

    opens_from: Level = setting(  # noqa: RUF009 -- a dataclass field
        _("A warning opens from"),
        default=Level.YELLOW,
        labels=LEVEL_LABELS,
        help=_("From green on everybody who is assessed gets a callback."),
    )
    hours: dict[str, int] = setting(  # noqa: RUF009 -- a dataclass field
        _("Callback within"),
        default={"red": 24, "yellow": 72, "green": 168},
        unit=HOURS,
        low=1,
        high=1000,
        labels=LEVEL_LABELS,
        help=_("24 hours are a day of work in the calendar of who calls."),
    )
    sales_calendar: str = setting(_("Calendar of the sales staff"), default=SALES_OFFICE)
    service_calendar: str = setting(_("Calendar of everybody else"), default=SERVICE_DESK)
    failures: int = setting(
        _("Another channel after"), default=3, unit=_("tries in vain"), low=1, high=10
    )
    retry_hours: int = setting(
        _("Next try after a callback in vain"), default=24, unit=HOURS, low=1, high=500
    )
    escalate_hours: int = setting(
        _("The supervisor is told after the time was due"), default=0, unit=HOURS, low=0, high=500
    )
    holdout_percent: int = setting(
        _("Red warnings left alone"),
        default=15,
        unit="%",
        low=0,
        high=50,
        help=_("A random share nobody acts on, so that the effect can be measured. 0 ends it."),
    )
    seed: str = setting(_("Seed of the draw"), default="anju")
    least: int = setting(
        _("The effect is shown from"),
        default=30,
        unit=_("customers in each group"),
        low=5,
        high=10_000,
    )
    judge_days: int = setting(_("Recovered within"), default=30, unit=DAYS, low=1, high=365)
    behaviours: tuple[str, ...] = setting(
        _("Counts as coming back"),
        default=tuple(each.value for each in Behaviour),
        labels=dict(choices.BEHAVIOURS),
        help=_("Keys: visited, booked, enquired, bought, paid."),
    )
    rewards: dict[str, Decimal] = setting(  # noqa: RUF009 -- a dataclass field
        _("Reward for a recovered customer"),
        default={"red": Decimal(200), "yellow": Decimal(100), "green": Decimal(0)},
        unit=YUAN,
        low=0,
        high=100_000,
        labels=LEVEL_LABELS,
    )
    call_cost: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("A callback costs"), default=Decimal(15), unit=YUAN, low=0, high=10_000
    )
    upgrade_costs: dict[str, Decimal] = setting(  # noqa: RUF009 -- a dataclass field
        _("A service upgrade costs"),
        default={"adviser": Decimal(300), "repair": Decimal(200), "event": Decimal(500)},
        unit=YUAN,
        low=0,
        high=100_000,
        labels=UPGRADE_LABELS,
    )
    upgrade_days: int = setting(
        _("A service upgrade lasts at most"), default=180, unit=DAYS, low=1, high=1000
    )

    def __post_init__(self) -> None:
        if self.opens_from is Level.NONE:
            raise FieldError("opens_from", _("Choose green, yellow or red."))
        if set(self.hours) != set(LEVEL_LABELS) or set(self.rewards) != set(LEVEL_LABELS):
            raise FieldError("hours", _("Give one value for each level."))
        if set(self.upgrade_costs) != set(UPGRADE_LABELS):
            raise FieldError("upgrade_costs", _("Give one value for each kind."))
        known = {each.value for each in Behaviour}
        if not self.behaviours or not set(self.behaviours) <= known:
            raise FieldError(
                "behaviours", _("Choose from: %(allowed)s.") % {"allowed": ", ".join(sorted(known))}
            )
        for name in ("sales_calendar", "service_calendar"):
            if getattr(self, name) not in BUILTIN_PLANS:
                raise FieldError(
                    name, _("Choose one of: %(allowed)s.") % {"allowed": ", ".join(BUILTIN_PLANS)}
                )
        if not self.seed.strip():
            raise FieldError("seed", _("Give a value."))

    @property
    def share(self) -> Decimal:
        """The share of red warnings that are left alone, 0 to 1."""
        return Decimal(self.holdout_percent) / 100


TEMPLATES: Final = (
    PlanTemplate(
        cause="service",
        offer="专属顾问一对一服务 90 天，售后维修优先受理",  # han: a template for customers' files
        actions=(
            "主管致歉并说明原因",  # han: a template
            "指定专属顾问，24 小时内首次联系",  # han: a template
            "两周后回访满意度",  # han: a template
        ),
        ceiling=Decimal(1000),
    ),
    PlanTemplate(
        cause="price",
        offer="核对预算与付款方式，按流程申请房价优惠",  # han: a template
        actions=(
            "逐项说明总价构成与近期成交",  # han: a template
            "提供三套预算内的备选房源",  # han: a template
            "需要优惠时提交房价优惠审批",  # han: a template
        ),
        ceiling=Decimal(2000),
    ),
    PlanTemplate(
        cause="construction",
        offer="工地开放日专场参观，按月发送施工进度",  # han: a template
        actions=(
            "说明最新节点与承诺交付日",  # han: a template
            "邀请参加最近一次工地开放日",  # han: a template
            "按月发送进度照片",  # han: a template
        ),
        ceiling=Decimal(800),
    ),
    PlanTemplate(
        cause="engagement",
        offer="按客户偏好的方式与时段联系，专车接送看房一次",  # han: a template
        actions=(
            "确认联系方式与方便的时段",  # han: a template
            "发送与需求匹配的两套房源",  # han: a template
            "预约一次到访",  # han: a template
        ),
        ceiling=Decimal(500),
    ),
    PlanTemplate(
        cause="finance",
        offer="银行驻场一对一贷款预审，分期付款方案比较",  # han: a template
        actions=(
            "了解首付与月供的上限",  # han: a template
            "约银行客户经理面谈",  # han: a template
            "给出两种付款方案的对比",  # han: a template
        ),
        ceiling=Decimal(500),
    ),
    PlanTemplate(
        cause="channel",
        offer="由项目顾问直接跟进，首访礼一份",  # han: a template
        actions=(
            "核对来源与此前的承诺",  # han: a template
            "由项目顾问当面再介绍一次",  # han: a template
        ),
        ceiling=Decimal(300),
    ),
    PlanTemplate(
        cause="other",
        offer="了解真实原因后再定方案",  # han: a template
        actions=("电话了解近况与顾虑",),  # han: a template
        ceiling=Decimal(300),
    ),
)


@dataclass(frozen=True, slots=True)
class PlanRules:
    """What is proposed by cause, from which cost on a plan asks for signatures (CUS-104)."""

    limit: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("A plan asks for approval above"), default=Decimal(2000), unit=YUAN, low=0
    )
    director_limit: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("The director signs as well above"), default=Decimal(10_000), unit=YUAN, low=0
    )
    gift_limit: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("A gift is worth at most"), default=Decimal(500), unit=YUAN, low=0
    )
    templates: tuple[PlanTemplate, ...] = setting(_("Template of a plan"), default=TEMPLATES)

    def __post_init__(self) -> None:
        if self.director_limit < self.limit:
            raise FieldError(
                "director_limit", _("The director signs from a higher sum than the supervisor.")
            )
        causes = [one.cause for one in self.templates]
        if len(set(causes)) != len(causes) or not set(causes) <= set(CAUSES):
            raise FieldError("templates", _("Give each cause one template."))
        if any(not one.offer or not one.actions or one.ceiling < 0 for one in self.templates):
            raise FieldError("templates", _("Each template has an offer, actions and a sum."))


def rules_at(now: datetime) -> WinbackRules:
    """Return the rules of win-back in force."""
    found: WinbackRules = in_force(WINBACK, at=now).value
    return found


def plans_at(now: datetime) -> PlanRules:
    """Return the rules of plans in force."""
    found: PlanRules = in_force(PLANS, at=now).value
    return found


def register() -> None:
    """Make the two policies known."""
    kinds: tuple[tuple[str, Any, Any, Any], ...] = (
        (
            WINBACK,
            _("Warnings and win-back"),
            _("Who is called by when, who is left alone, what counts as coming back."),
            WinbackRules,
        ),
        (
            PLANS,
            _("Plans of win-back"),
            _("What is proposed by cause, and from which cost on it is signed."),
            PlanRules,
        ),
    )
    for key, label, words, shape in kinds:
        register_policy(
            PolicyKind(
                key=key,
                label=label,
                area=PolicyArea.CONTACT,
                help=words,
                shape=shape,
                default=shape(),
            )
        )
