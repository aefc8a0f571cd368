"""What the page of an account shows of rewards and honours (ANA-38)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics.improvement.people_models import Honour, StarAward
from crm_site.staff.models import User
from crm_site.staff.panels import PersonPanel, register_person_panel


def honours_of(person: User) -> dict[str, Any]:
    """Return the distinctions of a person, the latest first."""
    stars = StarAward.objects.filter(nomination__person=person).select_related("nomination")
    return {
        "honours": Honour.objects.filter(person=person).order_by("-given_on", "-pk"),
        "awards": stars.order_by("-month_on"),
    }


def register() -> None:
    """Offer the panel."""
    register_person_panel(
        PersonPanel(
            key="honours",
            title=_("Honours"),
            template="analytics/improvement/_honours.html",
            build=honours_of,
        )
    )
