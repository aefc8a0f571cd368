"""What a signature and a refusal bring along."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignForm(forms.Form):
    """The digest of what was read."""

    digest = forms.RegexField(r"^[0-9a-f]{64}$", label=_("Content"), widget=forms.HiddenInput)


class RefuseForm(forms.Form):
    """Why not."""

    reason = forms.CharField(label=_("Reason"), min_length=2, max_length=300)
