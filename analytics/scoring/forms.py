"""What people type about score models."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analytics.scoring.models import ScoreModel


class ActivateForm(forms.Form):
    """Why a version is put into use, and which columns are known to be no leak."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    confirmed = forms.MultipleChoiceField(
        label=_("These columns were looked at and were known before the loss"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each of them alone tells the outcome almost surely."),
    )

    def __init__(self, *args: Any, model: ScoreModel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leaks = [(column, f"{column} (AUC {auc:.2f})") for column, auc in model.leaks.items()]
        if leaks:
            self.fields["confirmed"].choices = leaks  # type: ignore[attr-defined]
        else:
            del self.fields["confirmed"]


class RollBackForm(forms.Form):
    """Why the version before is used again."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
