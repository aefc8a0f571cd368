"""Rules of segments in words: the names of fields, the words of their values."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from crm_site.staff.models import OrgNode
from customers import choices as customer_choices
from customers.models import Project, Tag
from customers.vocabulary import labels
from marketing.segments import choices
from marketing.segments.rules.fields import FIELDS
from marketing.segments.rules.tree import Fault, FieldKind, Group, Leaf, Node, Op, TreeError

FIELD_LABELS: Final[Mapping[str, Any]] = {
    "kind": gettext_lazy("Kind of customer"),
    "customer_class": gettext_lazy("Class"),
    "grade": gettext_lazy("Grade"),
    "buying_stage": gettext_lazy("Buying stage"),
    "phase": gettext_lazy("Lifecycle phase"),
    "nature": gettext_lazy("Customer group"),
    "project_role": gettext_lazy("Role in the purchase"),
    "channel_wish": gettext_lazy("Preferred channel"),
    "lead_state": gettext_lazy("Lead state"),
    "purpose": gettext_lazy("Purpose"),
    "source": gettext_lazy("Source"),
    "campaign": gettext_lazy("Campaign of a lead"),
    "city": gettext_lazy("City"),
    "district": gettext_lazy("District"),
    "layout": gettext_lazy("Preferred layout"),
    "motive": gettext_lazy("Purchase motive"),
    "project": gettext_lazy("Project"),
    "region": gettext_lazy("Region"),
    "tag": gettext_lazy("Tag"),
    "intent": gettext_lazy("Intent (1 weak to 3 strong)"),
    "budget_min": gettext_lazy("Budget from (yuan)"),
    "budget_max": gettext_lazy("Budget to (yuan)"),
    "contribution": gettext_lazy("Contribution so far (yuan)"),
    "purchases": gettext_lazy("Signed purchases"),
    "activity": gettext_lazy("Activity (0 to 100)"),
    "loyalty": gettext_lazy("Loyalty (0 to 100)"),
    "contacted": gettext_lazy("Last contact"),
    "signed": gettext_lazy("Last signing"),
    "captured": gettext_lazy("First capture"),
    "has_owner": gettext_lazy("Has a consultant"),
    "open_lead": gettext_lazy("Open prospect"),
    "bought": gettext_lazy("Buyer"),
    "high_value": gettext_lazy("Passes the three tests of high value"),
    "unreachable": gettext_lazy("Unreachable"),
}
VALUES: Final[Mapping[str, Any]] = {
    "kind": customer_choices.CUSTOMER_KINDS,
    "customer_class": customer_choices.CUSTOMER_CLASSES,
    "grade": customer_choices.GRADES,
    "buying_stage": customer_choices.BUYING_STAGES,
    "phase": customer_choices.PHASES,
    "nature": customer_choices.NATURES,
    "project_role": customer_choices.PROJECT_ROLES,
    "channel_wish": customer_choices.CONTACT_CHANNELS,
    "lead_state": customer_choices.LEAD_STATES,
    "purpose": customer_choices.PURPOSES_OF_BUYING,
}
FAULTS: Final[Mapping[Fault, Any]] = {
    Fault.SHAPE: gettext_lazy("The rule cannot be read: it needs “way” and “parts”."),
    Fault.EMPTY: gettext_lazy("Choose at least one condition."),
    Fault.DEEP: gettext_lazy("The rule nests too deeply: use four levels at most."),
    Fault.LONG: gettext_lazy("The rule has too many conditions: use 30 at most."),
    Fault.MASKED: gettext_lazy(
        "“%(field)s” is protected: the size of a segment would tell its value. Leave it out."
    ),
    Fault.UNKNOWN: gettext_lazy("Segments do not know the field “%(field)s”."),
    Fault.OP: gettext_lazy("“%(field)s” cannot be compared like this."),
    Fault.VALUE: gettext_lazy("The value for “%(field)s” cannot be used."),
}
OPS: Final = dict(choices.OPS)
WAYS: Final = dict(choices.WAYS)


def fault_words(error: TreeError) -> str:
    """Return what is wrong with a rule, for the person who wrote it."""
    name = str(FIELD_LABELS.get(error.field, error.field))
    return str(FAULTS[error.fault]) % {"field": name}


def unknown_value(node: Node) -> TreeError | None:
    """Return the fault of the first choice that its field does not have; None for none."""
    if isinstance(node, Group):
        found = (unknown_value(part) for part in node.parts)
        return next((fault for fault in found if fault), None)
    allowed = VALUES.get(node.field)
    if allowed is None or set(node.value) <= set(dict(allowed)):
        return None
    return TreeError(Fault.VALUE, node.field)


def in_words(node: Node) -> list[tuple[int, str]]:
    """Return a rule as lines of a depth and a text; a few queries whatever its length."""
    names = _names(node)
    return list(_lines(node, names, 0))


def _lines(node: Node, names: Mapping[str, Mapping[Any, str]], depth: int) -> Any:
    if isinstance(node, Leaf):
        yield depth, _leaf_words(node, names)
        return
    yield depth, str(WAYS[node.way.value])
    for part in node.parts:
        yield from _lines(part, names, depth + 1)


def _leaf_words(leaf: Leaf, names: Mapping[str, Mapping[Any, str]]) -> str:
    words = names.get(leaf.field, {})
    if leaf.op in (Op.IN, Op.NOT_IN):
        value = ", ".join(str(words.get(each, each)) for each in leaf.value)
    elif leaf.op is Op.BETWEEN:
        value = f"{leaf.value[0]} – {leaf.value[1]}"
    elif leaf.op is Op.IS:
        value = pgettext("rule", "yes") if leaf.value else pgettext("rule", "no")
    else:
        value = "" if leaf.value is None else str(leaf.value)
    parts = (FIELD_LABELS[leaf.field], OPS[leaf.op.value], value)
    return " ".join(str(part) for part in parts if str(part))


def _names(node: Node) -> dict[str, Mapping[Any, str]]:
    found: dict[str, Mapping[Any, str]] = {key: dict(pairs) for key, pairs in VALUES.items()}
    asked = {leaf.field for leaf in _leaves(node)}
    if "project" in asked:
        found["project"] = dict(Project.objects.values_list("pk", "name"))
    if "region" in asked:
        found["region"] = dict(OrgNode.objects.filter(kind="region").values_list("pk", "name"))
    if "tag" in asked:
        found["tag"] = dict(Tag.objects.values_list("pk", "name"))
    if "source" in asked:
        found["source"] = labels("source")
    return found


def _leaves(node: Node) -> list[Leaf]:
    from marketing.segments.rules.tree import leaves

    return leaves(node)


def kinds_of(kind: FieldKind) -> list[str]:
    """Return the fields of a kind in their order."""
    return [name for name, found in FIELDS.items() if found is kind]


def yes_no() -> list[tuple[str, str]]:
    """Return the choices of a flag."""
    return [
        ("", pgettext_lazy("rule", "does not matter")),  # type: ignore[list-item]
        ("yes", _("Yes")),
        ("no", _("No")),
    ]
