"""The shape of what people choose when records are merged, taken apart or linked."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import choices
from customers.pickers import CustomerField
from customers.rules.merging import CHOSEN, GONE, KEPT, Side
from customers.services.unmerging import BEFORE, NOW, Conflict


class MergeForm(forms.Form):
    """Which record stands, whose value stands in each field, and why."""

    kept = forms.ChoiceField(choices=[("left", "left"), ("right", "right")])
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sides = [("left", "left"), ("right", "right")]
        for field in CHOSEN:
            self.fields[f"f_{field}"] = forms.ChoiceField(choices=sides, required=False)

    def sides(self) -> dict[str, Side]:
        """Return the choices as the service takes them; fields without one are left out."""
        kept = self.cleaned_data["kept"]
        given = {field: self.cleaned_data[f"f_{field}"] for field in CHOSEN}
        return {field: KEPT if side == kept else GONE for field, side in given.items() if side}


class UnmergeForm(forms.Form):
    """What stands in fields that were edited after the merge."""

    def __init__(self, *args: Any, conflicts: list[Conflict], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for conflict in conflicts:
            self.fields[conflict.field] = forms.ChoiceField(choices=[(NOW, NOW), (BEFORE, BEFORE)])


class RelationForm(forms.Form):
    """A tie to a customer one sees, or to a new contact person."""

    other = CustomerField(
        label=gettext_lazy("Customer"),
        required=False,
        help_text=gettext_lazy("Search by name, pinyin initials, phone or its last four digits."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name of a new contact person"), max_length=80, required=False
    )
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Relation"), choices=choices.RELATION_KINDS)
    role = forms.ChoiceField(
        label=gettext_lazy("Role in the purchase"),
        choices=[("", "--"), *choices.PROJECT_ROLES],
        required=False,
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].show_to(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for one of both: a known customer, or name and phone of a new one."""
        data = super().clean() or {}
        if "other" in self.errors or data.get("other"):
            return data
        if not data.get("name"):
            self.add_error("other", _("Choose a customer, or enter a name and a phone number."))
        elif not data.get("phone"):
            self.add_error("phone", _("Enter the phone number of the contact person."))
        return data
