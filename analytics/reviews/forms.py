"""The forms of reports and reviews."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis.forms import DAYS
from analytics.reviews import choices
from analytics.reviews.meeting_models import Filing, ManagementReview
from analytics.reviews.querysets import OWN, place_of
from analytics.reviews.report_models import Measure, PerformanceReport
from analytics.reviews.services.meetings import performance_for, satisfaction_for
from crm_site.staff.models import OrgNode, User
from crm_site.staff.rules.organisation import NodeKind
from crm_site.staff.rules.roles import ROLES
from crm_site.staff.selectors import colleagues_of


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    """Return a field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, validators=DAYS)


def long_field(label: Any, *, limit: int, required: bool = True, **more: Any) -> forms.CharField:
    """Return a field for several lines."""
    area = forms.Textarea(attrs={"rows": more.pop("rows", 3)})
    return forms.CharField(label=label, max_length=limit, required=required, widget=area, **more)


def answerable(user: User, *, also: int | None = None) -> Any:
    """Return the colleagues whose role can answer for a measure."""
    roles = [key for key, role in ROLES.items() if OWN in role.may]
    found = colleagues_of(user, also=also)
    return found.filter(Q(role__in=roles) | Q(pk=also))


class OpenReportForm(forms.Form):
    """Which report: how often, a day within its period, for which place."""

    kind = forms.ChoiceField(label=_("Report"), choices=choices.CYCLES, initial="quarter")
    day = day_field(_("A day of the period"))
    region = forms.ModelChoiceField(
        label=_("Region"),
        queryset=OrgNode.objects.none(),
        required=False,
        empty_label=_("The whole company"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = OrgNode.objects.filter(kind=NodeKind.REGION.value).order_by("code")
        place = place_of(user)
        field: Any = self.fields["region"]
        if place is not None:
            regions = regions.filter(pk=place)
            field.required, field.empty_label, field.initial = True, None, place
        field.queryset = regions


class NotesForm(forms.Form):
    """What was found in each block."""

    def __init__(self, *args: Any, report: PerformanceReport, **kwargs: Any) -> None:
        kwargs["initial"] = dict(report.notes)
        super().__init__(*args, **kwargs)
        for key, label in choices.BLOCKS:
            self.fields[key] = long_field(label, limit=3000, required=False)


class MeasureForm(forms.Form):
    """A measure: why, what, who, until when."""

    cause = forms.CharField(label=_("Cause"), max_length=300)
    what = forms.CharField(label=pgettext_lazy("improvement", "Measure"), max_length=300)
    owner = forms.ModelChoiceField(label=_("Responsible"), queryset=User.objects.none())
    due_on = day_field(_("Until"))

    def __init__(
        self, *args: Any, user: User, measure: Measure | None = None, **kwargs: Any
    ) -> None:
        if measure is not None:
            names = ("cause", "what", "due_on")
            kwargs["initial"] = {name: getattr(measure, name) for name in names}
            kwargs["initial"]["owner"] = measure.owner_id
        super().__init__(*args, **kwargs)
        also = measure.owner_id if measure else None
        self.fields["owner"].queryset = answerable(user, also=also)  # type: ignore[attr-defined]


class ResultForm(forms.Form):
    """What came of a measure."""

    result = forms.CharField(label=_("Result"), max_length=300)


class PlanReviewForm(forms.Form):
    """Which management review is planned."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("management review", "Review"), choices=choices.MEETINGS
    )
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)


class HeldForm(forms.Form):
    """How a management review went, and what it rests on."""

    held_on = day_field(_("Held on"), required=False)
    attendees = forms.CharField(label=_("Who took part"), max_length=500, required=False)
    satisfaction = forms.ModelChoiceField(
        label=_("Report of satisfaction"), queryset=User.objects.none(), required=False
    )
    performance = forms.ModelChoiceField(
        label=_("Performance report"), queryset=User.objects.none(), required=False
    )
    minutes = long_field(_("Minutes"), limit=5000, required=False, rows=6)

    def __init__(self, *args: Any, review: ManagementReview, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "held_on": review.held_on,
            "attendees": review.attendees,
            "minutes": review.minutes,
            "satisfaction": review.satisfaction_id,
            "performance": review.performance_id,
        }
        super().__init__(*args, **kwargs)
        satisfaction: Any = self.fields["satisfaction"]
        performance: Any = self.fields["performance"]
        satisfaction.queryset = satisfaction_for(review)
        performance.queryset = performance_for(review)


class DecisionForm(forms.Form):
    """What was decided."""

    text = forms.CharField(label=pgettext_lazy("management review", "Decision"), max_length=500)


class HandInForm(forms.Form):
    """The summary of a region."""

    summary = long_field(_("Summary of the quarter"), limit=3000, rows=5)


class CommentForm(forms.Form):
    """What head office says about a summary."""

    comment = long_field(_("Comment of head office"), limit=2000)

    def __init__(self, *args: Any, filing: Filing, **kwargs: Any) -> None:
        kwargs["initial"] = {"comment": filing.comment}
        super().__init__(*args, **kwargs)
