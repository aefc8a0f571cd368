"""What a column of a customer file may mean, and the choices about the whole import."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.exchange.errors import MappingError
from crm_site.exchange.registry import CellError, FieldSpec, Label, OptionSpec, Reading
from crm_site.staff.rules.organisation import Scope
from customers.importers import parsers
from customers.importers.headers import ALIASES
from customers.models import CustomField
from customers.rules.entry import LENGTHS

CUSTOM = "custom:"
CREATE, OWN, REJECT = "create", "own", "reject"


def _field(
    key: str,
    label: Label,
    parse: Callable[[str, Reading], Any] | None,
    max_length: int = 200,
    **more: Any,
) -> FieldSpec:
    return FieldSpec(key, label, tuple(ALIASES[key].split(", ")), parse, max_length, **more)


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
