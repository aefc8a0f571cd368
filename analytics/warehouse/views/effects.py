"""The page of the six effects (ANA-56)."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from analytics.kpis.kinds import ScopeKind
from analytics.kpis.places import VIEW, places_of
from analytics.kpis.question import key_of_place, question_of, words_of_place
from analytics.warehouse import effects as selectors
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import UNPROCESSABLE
from crm_site.staff.current import current_user

USUAL_DAYS = 183
EARLIEST = dt.date(2000, 1, 1)
KINDS = (ScopeKind.COMPANY, ScopeKind.REGION, ScopeKind.PROJECT)


class EffectForm(forms.Form):
    """A place and the day from which something was done otherwise."""

    place = forms.ChoiceField(label=pgettext_lazy("report", "Place"))
    day = forms.DateField(
        label=_("Done since"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The month of this day begins the second half of each chart."),
    )

    def __init__(self, data: Any, *, places: list[tuple[str, str]], today: dt.date) -> None:
        usual = (today - dt.timedelta(days=USUAL_DAYS)).isoformat()
        home = places[0][0] if places else ""
        super().__init__({"place": data.get("place") or home, "day": data.get("day") or usual})
        self.today = today
        self.fields["place"].choices = places  # type: ignore[attr-defined]

    def clean_day(self) -> dt.date:
        """Refuse days ahead and those before anything was noted."""
        day: dt.date = self.cleaned_data["day"]
        if not EARLIEST <= day <= self.today:
            raise forms.ValidationError(_("Choose a day that is not ahead."))
        return day


@require_safe
@permission_required(VIEW, raise_exception=True)
def effect_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show six figures of a place by month before and after a day, each with its chart."""
    user, now = current_user(request), timezone.now()
    question = question_of({"place": request.GET.get("place", "")}, user=user, now=now)
    places = [
        (key_of_place(place), words_of_place(place, name))
        for place, name in places_of(user)
        if place.kind in KINDS
    ] or [(question.place_key, user.name)]
    form = EffectForm(request.GET, places=places, today=timezone.localdate(now))
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context["day"] = form.cleaned_data["day"]
        context["effects"] = [
            selectors.effect(
                each, day=form.cleaned_data["day"], place=question.place, user=user, now=now
            )
            for each in selectors.effects_for(user)
        ]
    status = 200 if form.is_valid() else UNPROCESSABLE
    return render(request, "analytics/warehouse/effects.html", context, status=status)
