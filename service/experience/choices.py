"""The words of experience in the language of the reader."""

from django.utils.translation import pgettext_lazy

from service.experience.rules import Department, ItemKind, ItemState, Node, Phase

NODES = [
    (Node.BRAND.value, pgettext_lazy("journey", "Enter the brand")),
    (Node.PRODUCT.value, pgettext_lazy("journey", "Meet the product")),
    (Node.SERVICE.value, pgettext_lazy("journey", "Use the service")),
    (Node.VALUE.value, pgettext_lazy("journey", "Gain value")),
    (Node.LOYAL.value, pgettext_lazy("journey", "Become loyal")),
]
PHASES = [
    (Phase.ENQUIRY.value, pgettext_lazy("journey", "Enquiry")),
    (Phase.VIEWING.value, pgettext_lazy("journey", "Viewing")),
    (Phase.SIGNING.value, pgettext_lazy("journey", "Signing")),
    (Phase.AFTER.value, pgettext_lazy("journey", "After the sale")),
]
DEPARTMENTS = [
    (Department.SALES.value, pgettext_lazy("department", "Sales")),
    (Department.DESIGN.value, pgettext_lazy("department", "Design")),
    (Department.ENGINEERING.value, pgettext_lazy("department", "Engineering")),
    (Department.COST.value, pgettext_lazy("department", "Cost and procurement")),
    (Department.PROPERTY.value, pgettext_lazy("department", "Property management")),
    (Department.HR.value, pgettext_lazy("department", "Human resources")),
    (Department.FINANCE.value, pgettext_lazy("department", "Finance")),
]
REMARKS = [
    ("suggestion", pgettext_lazy("remark", "A suggestion or a remark")),
    ("inquiry", pgettext_lazy("remark", "A question")),
]
ITEM_KINDS = [
    (ItemKind.CHECK.value, pgettext_lazy("working group", "Check")),
    (ItemKind.SUGGESTION.value, pgettext_lazy("working group", "Suggestion")),
    (ItemKind.DECISION.value, pgettext_lazy("working group", "Decision")),
]
ITEM_STATES = [
    (ItemState.OPEN.value, pgettext_lazy("working group", "Open")),
    (ItemState.ADOPTED.value, pgettext_lazy("working group", "Adopted")),
    (ItemState.DONE.value, pgettext_lazy("working group", "Done")),
    (ItemState.DECLINED.value, pgettext_lazy("working group", "Not taken up")),
]
