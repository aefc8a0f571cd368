"""What a column of a customer file may mean, and the choices about the whole import."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.exchange.errors import MappingError
from crm_site.exchange.registry import CellError, FieldSpec, OptionSpec, Reading
from crm_site.staff.rules.organisation import Scope
from customers.importers import parsers
from customers.models import CustomField
from customers.rules.entry import LENGTHS

CUSTOM = "custom:"
CREATE, OWN, REJECT = "create", "own", "reject"

_FIELDS = (
    FieldSpec("name", _("Name"), ("姓名", "客户姓名", "客户", "客户名称", "称呼", "customer name", "full name", "client", "customer"), parsers.name),
    FieldSpec("phone", _("Phone"), ("手机", "电话", "手机号", "手机号码", "联系电话", "联系方式", "电话号码", "mobile", "tel", "telephone", "phone number", "cell"), parsers.phone, looks_like="phone"),
    FieldSpec("external_id", _("External id"), ("lead id", "客户编号", "线索编号", "线索id", "编号", "客户id", "customer id", "id", "external id"), None, LENGTHS["external_id"]),
    FieldSpec("received_at", _("Enquiry received at"), ("lead created ts", "created at", "created", "received", "lead date", "enquiry date", "登记时间", "登记日期", "留资时间", "来访时间", "来访日期", "接访时间", "线索时间", "创建时间", "咨询时间", "日期", "时间"), parsers.moment, is_date=True),
    FieldSpec("source", _("Source"), ("lead source", "lead source raw", "来源", "来源渠道", "客户来源", "渠道", "线索来源", "媒体", "认知途径", "channel"), None, 80),
    FieldSpec("campaign", _("Campaign"), ("raw campaign name", "campaign name", "活动", "营销活动", "活动名称", "推广活动"), None, LENGTHS["campaign"]),
    FieldSpec("owner", _("Owner (employee number or name)"), ("assigned exec id", "owner id", "assigned to", "sales", "sales exec", "consultant", "置业顾问", "顾问", "销售", "归属", "归属人", "跟进人", "负责人", "工号", "顾问工号"), None, 60),
    FieldSpec("project_code", _("Project code"), ("project id", "项目编号", "项目编码", "项目代码"), None, 40),
    FieldSpec("project_name", _("Project name"), ("project", "项目", "项目名称", "楼盘", "意向项目", "楼盘名称"), None, 80),
    FieldSpec("layout", _("Preferred layout"), ("preferred unit type", "unit type", "户型", "意向户型", "需求户型", "房型"), None, LENGTHS["layout"]),
    FieldSpec("budget", _("Budget (range)"), ("预算", "预算范围", "总价预算", "购房预算", "预算区间", "price range"), parsers.budget),
    FieldSpec("budget_min", _("Budget from"), ("预算下限", "最低预算", "min budget", "budget from"), parsers.amount),
    FieldSpec("budget_max", _("Budget to"), ("预算上限", "最高预算", "max budget", "budget to"), parsers.amount),
    FieldSpec("city", _("City"), ("城市", "所在城市", "居住城市"), None, LENGTHS["city"]),
    FieldSpec("district", _("District"), ("区域", "区县", "居住区域", "所在区域"), None, LENGTHS["district"]),
    FieldSpec("address", _("Address"), ("地址", "居住地址", "联系地址", "通讯地址"), None, LENGTHS["address"]),
    FieldSpec("gender", _("Gender"), ("性别", "sex"), parsers.gender),
    FieldSpec("birthday", _("Birthday"), ("生日", "出生日期", "birth date", "dob", "date of birth"), parsers.birthday, is_date=True),
    FieldSpec("id_number", _("ID number"), ("证件号", "身份证", "身份证号", "身份证号码", "证件号码"), parsers.id_number, looks_like="id_number"),
    FieldSpec("annual_income", _("Annual income"), ("年收入", "家庭年收入", "income"), parsers.amount),
    FieldSpec("occupation", _("Occupation"), ("职业", "行业", "job"), None, LENGTHS["occupation"]),
    FieldSpec("family", _("Family structure"), ("家庭结构", "家庭", "家庭情况"), None, LENGTHS["family"]),
    FieldSpec("motive", _("Purchase motive"), ("购房动机", "置业目的", "购房目的", "purpose"), None, LENGTHS["motive"]),
    FieldSpec("intent", _("Intent"), ("意向", "意向程度", "意向等级", "意向强度", "intent level"), parsers.intent),
    FieldSpec("enquiry", _("Enquiry"), ("咨询内容", "需求", "留言", "message", "question"), None, LENGTHS["enquiry"]),
    FieldSpec("remark", _("Remark"), ("备注", "说明", "note", "notes", "comment", "remarks"), None, LENGTHS["remark"]),
)  # fmt: skip

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
                ("from_import", _("From today")),
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
