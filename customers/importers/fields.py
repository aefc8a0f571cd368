"""What a column of a customer file may mean, and the choices about the whole import."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.exchange.errors import MappingError
from crm_site.exchange.registry import CellError, FieldSpec, Label, OptionSpec, Reading
from crm_site.staff.rules.organisation import Scope
from customers.importers import parsers
from customers.models import CustomField
from customers.rules.entry import LENGTHS

CUSTOM = "custom:"
CREATE, OWN, REJECT = "create", "own", "reject"

# The headers that mean a field, compared by letters and digits only.
_ALIASES = {
    "name": ("姓名, 客户姓名, 客户, 客户名称, 称呼, customer name, full name, client, customer"),
    "phone": (
        "手机, 电话, 手机号, 手机号码, 联系电话, 联系方式, 电话号码, mobile, tel, "
        "telephone, phone number, cell"
    ),
    "external_id": (
        "lead id, 客户编号, 线索编号, 线索id, 编号, 客户id, customer id, id, external id"
    ),
    "received_at": (
        "lead created ts, created at, created, received, lead date, enquiry date, "
        "登记时间, 登记日期, 留资时间, 来访时间, 来访日期, 接访时间, 线索时间, 创建时间, "
        "咨询时间, 日期, 时间"
    ),
    "source": (
        "lead source, lead source raw, 来源, 来源渠道, 客户来源, 渠道, 线索来源, 媒体, "
        "认知途径, channel"
    ),
    "campaign": ("raw campaign name, campaign name, 活动, 营销活动, 活动名称, 推广活动"),
    "owner": (
        "assigned exec id, owner id, assigned to, sales, sales exec, consultant, "
        "置业顾问, 顾问, 销售, 归属, 归属人, 跟进人, 负责人, 工号, 顾问工号"
    ),
    "project_code": ("project id, 项目编号, 项目编码, 项目代码"),
    "project_name": ("project, 项目, 项目名称, 楼盘, 意向项目, 楼盘名称"),
    "layout": ("preferred unit type, unit type, 户型, 意向户型, 需求户型, 房型"),
    "budget": ("预算, 预算范围, 总价预算, 购房预算, 预算区间, price range"),
    "budget_min": ("预算下限, 最低预算, min budget, budget from"),
    "budget_max": ("预算上限, 最高预算, max budget, budget to"),
    "email": ("邮箱, 电子邮箱, 邮件, mail, e-mail"),
    "wechat": ("微信, 微信号, wechat id"),
    "city": ("城市, 所在城市, 居住城市"),
    "district": ("区域, 区县, 居住区域, 所在区域"),
    "address": ("地址, 居住地址, 联系地址, 通讯地址"),
    "gender": ("性别, sex"),
    "birthday": ("生日, 出生日期, birth date, dob, date of birth"),
    "id_number": ("证件号, 身份证, 身份证号, 身份证号码, 证件号码"),
    "annual_income": ("年收入, 家庭年收入, income"),
    "occupation": ("职业, 行业, job"),
    "family": ("家庭结构, 家庭, 家庭情况"),
    "motive": ("购房动机, 置业目的, 购房目的, purpose"),
    "intent": ("意向, 意向程度, 意向等级, 意向强度, intent level"),
    "enquiry": ("咨询内容, 需求, 留言, message, question"),
    "remark": ("备注, 说明, note, notes, comment, remarks"),
}


def _field(
    key: str,
    label: Label,
    parse: Callable[[str, Reading], Any] | None,
    max_length: int = 200,
    **more: Any,
) -> FieldSpec:
    return FieldSpec(key, label, tuple(_ALIASES[key].split(", ")), parse, max_length, **more)


_FIELDS = (
    _field("name", _("Name"), parsers.name),
    _field("phone", _("Phone"), parsers.phone, looks_like="phone"),
    _field("external_id", _("External id"), None, LENGTHS["external_id"]),
    _field("received_at", _("Enquiry received at"), parsers.moment, is_date=True),
    _field("source", _("Source"), None, 80),
    _field("campaign", _("Campaign"), None, LENGTHS["campaign"]),
    _field("owner", _("Owner (employee number or name)"), None, 60),
    _field("project_code", _("Project code"), None, 40),
    _field("project_name", _("Project name"), None, 80),
    _field("layout", _("Preferred layout"), None, LENGTHS["layout"]),
    _field("budget", _("Budget (range)"), parsers.budget),
    _field("budget_min", _("Budget from"), parsers.amount),
    _field("budget_max", _("Budget to"), parsers.amount),
    _field("email", _("E-mail"), parsers.email),
    _field("wechat", _("WeChat"), None, LENGTHS["wechat"]),
    _field("city", _("City"), None, LENGTHS["city"]),
    _field("district", _("District"), None, LENGTHS["district"]),
    _field("address", _("Address"), None, LENGTHS["address"]),
    _field("gender", _("Gender"), parsers.gender),
    _field("birthday", _("Birthday"), parsers.birthday, is_date=True),
    _field("id_number", _("ID number"), parsers.id_number, looks_like="id_number"),
    _field("annual_income", _("Annual income"), parsers.amount),
    _field("occupation", _("Occupation"), None, LENGTHS["occupation"]),
    _field("family", _("Family structure"), None, LENGTHS["family"]),
    _field("motive", _("Purchase motive"), None, LENGTHS["motive"]),
    _field("intent", _("Intent"), parsers.intent),
    _field("enquiry", _("Enquiry"), None, LENGTHS["enquiry"]),
    _field("remark", _("Remark"), None, LENGTHS["remark"]),
)

_CUSTOM_PARSERS = {
    CustomField.Kind.NUMBER.value: parsers.custom_number,
    CustomField.Kind.DATE.value: parsers.custom_date,
    CustomField.Kind.BOOLEAN.value: parsers.custom_boolean,
}


def fields(_actor: Any) -> tuple[FieldSpec, ...]:
    """Return the fields of a customer, those the company added itself at the end."""
    return (*_FIELDS, *map(_custom_spec, CustomField.objects.filter(is_active=True)))


def custom_parser(kind: str) -> Any:
    """Return how values of an added field of ``kind`` are read, ``None`` for plain text."""
    return _CUSTOM_PARSERS.get(kind)


def _custom_spec(field: CustomField) -> FieldSpec:
    parse = _CUSTOM_PARSERS.get(field.kind)
    if field.kind == CustomField.Kind.CHOICE.value:
        parse = _choice_parser(tuple(field.choices))
    return FieldSpec(
        key=f"{CUSTOM}{field.key}",
        label=field.label,
        aliases=(field.label, field.key),
        parse=parse,
        is_date=field.kind == CustomField.Kind.DATE.value,
    )


def _choice_parser(choices: tuple[str, ...]) -> Any:
    def choice(text: str, _reading: Reading) -> str:
        if text not in choices:
            raise CellError("choice_unknown")
        return text

    return choice


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raise MappingError unless a phone or an external id is among the fields (CUS-04)."""
    targets = set(mapping.values())
    if not targets & {"phone", "external_id"}:
        raise MappingError(
            _("Choose the column with the phone number or the one with the external id."),
            code="no_identity",
        )
    if "budget" in targets and targets & {"budget_min", "budget_max"}:
        raise MappingError(
            _("Choose either one budget column or the two for its ends."), code="budget_twice"
        )


def options(actor: Any) -> tuple[OptionSpec, ...]:
    """Return the choices of a customer import; whoever sees a region may create projects there."""
    return (
        OptionSpec(
            "mode",
            _("Customers that exist already"),
            "fill",
            (
                ("fill", _("Fill in what is empty")),
                ("update", _("Overwrite with the file")),
                ("create", _("Leave unchanged")),
            ),
        ),
        OptionSpec(
            "clocks",
            _("Follow-up clocks"),
            "from_received",
            (
                ("from_received", _("From the enquiry, if at most 7 days old")),
                ("from_import", _("From today, if at most 7 days old")),
                ("none", _("None")),
            ),
        ),
        OptionSpec(
            "projects",
            _("Projects that do not exist"),
            CREATE if _sees_region(actor) else OWN,
            (
                *(((CREATE, _("Create in my region")),) if _sees_region(actor) else ()),
                (OWN, _("Import without that project")),
                (REJECT, _("Report the row")),
            ),
        ),
        OptionSpec(
            "owners",
            _("Owners that are unknown"),
            "pool",
            (("pool", _("Put the customer into the pool")), (REJECT, _("Report the row"))),
        ),
        OptionSpec(
            "budgets",
            _("Budgets that end below their start"),
            "swap",
            (
                ("swap", _("Swap both ends")),
                ("empty", _("Leave the budget empty")),
                (REJECT, _("Report the row")),
            ),
        ),
        OptionSpec("source", _("Source of rows without one"), "import"),
        OptionSpec(
            "external_source",
            pgettext_lazy("import", "System that numbered the rows"),
            "import",
            help=_("Together with the external id it tells rows apart when they come again."),
        ),
    )


def _sees_region(actor: Any) -> bool:
    wide = (Scope.REGION, Scope.COMPANY)
    return actor is None or actor.role_definition.scope in wide
