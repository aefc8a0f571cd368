"""What the checks and the briefing still ask for before a launch (SVC-69, SVC-70, MKT-58)."""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.launch.briefing import standings
from customers.launch.findings import open_high_risks, unanswered_suggestions
from customers.launch.planning import CHECKS, counting_sheet
from customers.models import Project
from customers.property.gates import register_launch_gate


def open_risks(project: Project, day: date) -> list[str]:
    """Return that the risk check is not done, and each open risk of high severity."""
    found = [_("High risk: %(fault)s") % {"fault": fault} for fault in open_high_risks(project)]
    return _undone(project, "risk", day) + found


def open_comfort(project: Project, day: date) -> list[str]:
    """Return that the comfort check is not done, and each suggestion without a reply."""
    found = [
        _("No reply yet: %(suggestion)s") % {"suggestion": title}
        for title in unanswered_suggestions(project)
    ]
    return _undone(project, "comfort", day) + found


def open_briefing(project: Project, day: date) -> list[str]:
    """Return that nobody sells at the launch, and who of those who do has not passed."""
    sellers = [one for one in standings(project, now=_noon(day)) if one.is_assigned]
    if not sellers:
        return [_("No consultant who passed the technical briefing is assigned to the launch.")]
    return [
        _("%(name)s has not passed the technical briefing.") % {"name": one.person.name}
        for one in sellers
        if not one.has_passed
    ]


def register() -> None:
    """Register the gates."""
    for key, label, check, url in (
        ("risk", gettext_lazy("Sales risk check"), open_risks, "customers:launch-risk"),
        ("comfort", gettext_lazy("Comfort check"), open_comfort, "customers:launch-comfort"),
        ("briefing", gettext_lazy("Technical briefing"), open_briefing, "customers:launch-team"),
    ):
        register_launch_gate(key, label, check, url_name=url)


def _undone(project: Project, key: str, day: date) -> list[str]:
    check = CHECKS[key]
    if counting_sheet(project, check, at=_noon(day)) is not None:
        return []
    launch = project.launch_on
    if launch is None:
        return [_("Not done yet.")]
    return [
        _("Not done yet for the launch on %(day)s.")
        % {"day": date_format(launch, "SHORT_DATE_FORMAT")}
    ]


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))
