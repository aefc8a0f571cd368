"""The question above the pages of KPIs, and the figures of the market."""

from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis.kinds import EARLIEST, LATEST, day_of
from analytics.kpis.models import MarketFigure
from analytics.kpis.question import Question, period_choices, place_choices
from crm_site.staff.models import User
from customers.models import Project

# Of fields for days: none at the ends of the calendar, where no year comes before or after.
DAYS: Final = (MinValueValidator(EARLIEST), MaxValueValidator(LATEST))


class AskForm(forms.Form):
    """A place and a month, quarter or year."""

    place = forms.ChoiceField(label=pgettext_lazy("report", "Place"))
    period = forms.ChoiceField(label=pgettext_lazy("report", "Period"))

    def __init__(self, question: Question, *, user: User, now: datetime) -> None:
        super().__init__(
            initial={"place": question.place_key, "period": question.period_key}, auto_id="ask_%s"
        )
        periods: list[Any] = period_choices(now)
        known = {key for _label, group in periods for key, _words in group}
        if question.period_key not in known:
            periods.insert(0, (question.period_key, question.period_key.replace("_", " – ")))
        self.fields["place"].choices = place_choices(user)  # type: ignore[attr-defined]
        self.fields["period"].choices = periods  # type: ignore[attr-defined]


class MarketForm(forms.ModelForm):  # type: ignore[type-arg]
    """What was sold on the market of a city in a month."""

    city = forms.ChoiceField(label=_("City"), help_text=_("Cities in which a project lies."))
    month = forms.CharField(
        label=_("Month"),
        widget=forms.TextInput(attrs={"type": "month"}),
        help_text=_("As 2026-05."),
    )

    class Meta:
        model = MarketFigure
        fields = ["city", "month", "homes", "amount", "source"]

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        cities = set(Project.objects.exclude(city="").values_list("city", flat=True))
        cities |= {self.instance.city} - {""}
        self.fields["city"].choices = [(city, city) for city in sorted(cities)]  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["month"] = f"{self.instance.month:%Y-%m}"

    def clean_month(self) -> date:
        """Return the first day of the month; it must have begun."""
        try:
            year, month = self.cleaned_data["month"].split("-")
            day = date(int(year), int(month), 1)
        except (ValueError, OverflowError):
            raise forms.ValidationError(_("Write the month as 2026-05.")) from None
        if day > day_of(self.now):
            raise forms.ValidationError(_("This month has not begun yet."))
        return day

    def clean_homes(self) -> int:
        """Return the number; a market without a sale has no share."""
        homes: int = self.cleaned_data["homes"]
        if homes < 1:
            raise forms.ValidationError(_("Give at least one home."))
        return homes
