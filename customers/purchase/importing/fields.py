"""What a column of a file of bookings may mean, and the choices about the whole import."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.exchange.errors import MappingError
from crm_site.exchange.registry import FieldSpec, OptionSpec
from customers.importers.parsers import moment
from customers.purchase.importing import parsers
from customers.purchase.rules import PurchaseState

SOURCE, CONFIRMED_AS = "external_source", "confirmed_as"
# han: words read above the columns of a file of bookings
_ALIASES = {
    "lead": "lead id, 线索编号, 线索id, 客户编号, 客户id, lead number, customer id",
    "booked_at": "booking ts, booked at, booking date, 认购时间, 认购日期, 签约日期, 日期",
    "project": "project name, project, 项目, 项目名称, 楼盘",
    "unit": "unit, room, 房源, 房号, 房间号, 房屋, 房间",
    "layout": "unit type, 户型, 房型",
    "payment_plan": "payment plan, 付款方式, 付款计划",
    "loan": "loan required flag, loan required, 是否贷款, 贷款",
    "list_total": "base price, list price, 总价, 表价, 标价, 列表价, 面价",
    "discount": "discount, 优惠, 优惠金额, 折扣金额",
    "agreed_total": "final price, agreed price, 成交价, 成交总价, 实际成交价, 认购价",
    "deposit": "deposit, 定金, 认购金",
    "contract_no": "contract number, contract no, 合同号, 合同编号",
    "status": "booking status, status, 状态, 认购状态",
}


def _field(key: str, label: Any, parse: Any = None, limit: int = 80, **more: Any) -> FieldSpec:
    return FieldSpec(key, label, tuple(_ALIASES[key].split(", ")), parse, limit, **more)


FIELDS = (
    _field("lead", gettext_lazy("Number of the lead")),
    _field("booked_at", gettext_lazy("Booked at"), moment, is_date=True),
    _field("project", gettext_lazy("Project name")),
    _field("unit", gettext_lazy("Unit (building-entrance-number)")),
    _field("layout", gettext_lazy("Layout"), limit=40),
    _field("payment_plan", gettext_lazy("Way of paying"), limit=40),
    _field("loan", gettext_lazy("Needs a loan"), limit=20),
    _field("list_total", gettext_lazy("List price (yuan)"), parsers.price),
    _field("discount", gettext_lazy("Discount (yuan)"), parsers.discount),
    _field("agreed_total", gettext_lazy("Agreed price (yuan)"), parsers.price),
    _field("deposit", gettext_lazy("Deposit (yuan)"), parsers.discount),
    _field("contract_no", gettext_lazy("Contract number"), limit=60),
    _field("status", gettext_lazy("State of the booking"), parsers.status),
)
BY_KEY: dict[str, FieldSpec] = {each.key: each for each in FIELDS}


def options(_actor: Any) -> tuple[OptionSpec, ...]:
    """Return the choices of an import of bookings."""
    return (
        OptionSpec(
            SOURCE,
            pgettext_lazy("import", "System that numbered the rows"),
            "import",
            help=gettext_lazy("The one named when the leads were imported."),
        ),
        OptionSpec(
            CONFIRMED_AS,
            gettext_lazy("A confirmed booking is"),
            PurchaseState.SUBSCRIBED.value,
            (
                (PurchaseState.SUBSCRIBED.value, gettext_lazy("a subscription")),
                (PurchaseState.SIGNED.value, gettext_lazy("a signed contract")),
            ),
        ),
    )


def suggest(mapping: Mapping[str, str]) -> dict[str, str]:
    """Name the numbering system after the column of the lead, as the import of leads does."""
    header = next((header for header, key in mapping.items() if key == "lead"), "")
    return {SOURCE: header[:40]} if header else {}


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raise MappingError unless lead, day and both prices are among the columns."""
    missing = {"lead", "booked_at", "agreed_total"} - set(mapping.values())
    if missing:
        label = next(spec.label for spec in FIELDS if spec.key in missing)
        raise MappingError(
            _("Choose the column for “%(field)s”.") % {"field": label}, code="no_identity"
        )
