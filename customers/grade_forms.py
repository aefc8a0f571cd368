"""The form that sets a grade by hand."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import choices
from customers.rules.axes import Grade

LONGEST = 365


class GradeLockForm(forms.Form):
    """Letter, reason and last day of a lock."""

    grade = forms.ChoiceField(label=_("Grade"), choices=choices.GRADES)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    until = forms.DateField(
        label=_("Locked until the end of"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_grade(self) -> Grade:
        """Return the letter."""
        return Grade(self.cleaned_data["grade"])

    def clean_until(self) -> datetime:
        """Return the end of that day in Beijing; it has to lie within the next 365 days."""
        day, today = self.cleaned_data["until"], timezone.localdate()
        if not today <= day <= today + timedelta(days=LONGEST):
            raise forms.ValidationError(_("Choose a day from today, at most 365 days ahead."))
        value: Any = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
        return value  # type: ignore[no-any-return]
