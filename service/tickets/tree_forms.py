"""What managers type about classes and officers."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.questionnaires.models import Questionnaire
from crm_site.staff.models import User
from customers.models.project import Project
from service.tickets import choices
from service.tickets.models import TicketCategory, TicketOfficer

NO_FORM = [("", gettext_lazy("None"))]


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A class: there is none without a process (SVC-07)."""

    class Meta:
        model = TicketCategory
        fields = [
            *("kind", "axis", "parent", "code", "name", "process", "feedback", "queue"),
            *("urgency", "answer", "is_active"),
        ]
        widgets = {"answer": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        keys = Questionnaire.objects.order_by("key").values_list("key", flat=True)
        fields["feedback"] = forms.ChoiceField(
            label=gettext_lazy("Feedback form"),
            required=False,
            choices=[*NO_FORM, *((key, key) for key in keys)],
        )
        fields["process"] = forms.ChoiceField(
            label=pgettext_lazy("ticket", "Process"),
            choices=[("", gettext_lazy("Choose")), *choices.PROCESSES],
            help_text=gettext_lazy("How tickets of this class are handled."),
        )
        fields["parent"].queryset = TicketCategory.objects.filter(parent=None).exclude(
            pk=self.instance.pk
        )
        if self.instance.pk:
            for name in ("kind", "axis", "code"):
                fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        """Refuse a class below one of another tree, or below itself."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        parent = found.get("parent")
        same = ("kind", "axis")
        if parent is not None and any(getattr(parent, n) != found.get(n) for n in same):
            self.add_error("parent", _("Choose a class of the same kind and tree."))
        if parent is not None and self.instance.pk and self.instance.children.exists():
            self.add_error("parent", _("This class has others below it; it stays at the top."))
        return found


class OfficerForm(forms.Form):
    """Who receives the complaints or the repairs of a project (SVC-30)."""

    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        label=gettext_lazy("Project"), queryset=None
    )
    duty = forms.ChoiceField(label=pgettext_lazy("officer", "For"), choices=TicketOfficer.DUTIES)
    user: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=gettext_lazy("Officer"), queryset=None
    )

    def __init__(self, *args: Any, asker: User, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["project"].queryset = Project.objects.visible_to(asker)
        fields["user"].queryset = people
