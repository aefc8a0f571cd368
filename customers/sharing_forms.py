"""The shape of what people type about an offer to another project."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from crm_site.staff.models import User
from customers.models import Customer, Project


class OfferForm(forms.Form):
    """To which project a customer is offered, and why the present one does not fit."""

    to_project: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Project"), queryset=None
    )
    reason = forms.CharField(label=gettext_lazy("Why this project does not fit"), max_length=300)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Project.objects.exclude(pk=customer.project_id).order_by("city", "name")
        self.fields["to_project"].queryset = others  # type: ignore[attr-defined]
        self.fields["to_project"].label_from_instance = _with_city  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    """Who works on the customer in the new project; a consultant takes it personally."""

    owner: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Consultant"), queryset=None
    )

    def __init__(self, *args: Any, owners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    """Why an offer is declined."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


def _with_city(project: Project) -> str:
    return f"{project.city} · {project.name}" if project.city else project.name


def is_seller(user: User) -> bool:
    """Return whether an accepted offer goes to ``user`` without a choice."""
    return user.role == "consultant"
