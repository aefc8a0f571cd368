"""What a sheet is to be about."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_site.common.subjects import resolve, subject
from crm_site.questionnaires.models import Questionnaire
from crm_site.questionnaires.selectors import subjects_for
from crm_site.staff.models import User


class BeginForm(forms.Form):
    """The record a sheet is about; no field where it is about nothing."""

    def __init__(self, data: Any = None, *, questionnaire: Questionnaire, user: User) -> None:
        super().__init__(data)
        self._kind, self._user = questionnaire.subject_kind, user
        if not self._kind:
            return
        label: Any = subject(self._kind).label or _("Record")
        choices = subjects_for(questionnaire, user)
        self.fields["subject"] = (
            forms.IntegerField(
                label=label, min_value=1, help_text=_("The number at the end of its address.")
            )
            if choices is None
            else forms.TypedChoiceField(label=label, coerce=int, choices=choices)
        )

    def clean_subject(self) -> int:
        """Refuse a record that is not among those one may see."""
        number = int(self.cleaned_data["subject"])
        if resolve(self._kind, number, self._user) is None:
            raise forms.ValidationError(_("There is no such record among those you can see."))
        return number
