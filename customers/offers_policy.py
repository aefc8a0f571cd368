"""What each project offers, described so that it can be compared with wishes (CUS-31).

Until a project has its units in the system, these descriptions are what is matched.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from customers.rules.unit_match import DEFAULT_WEIGHTS

OFFERS: Final = "project.offers"
ALL: Final = 100
WEIGHT_LABELS: Final[dict[str, Any]] = {
    "layout": _("Layout"),
    "price": _("Price"),
    "area": _("Area"),
    "amenity": _("Amenities"),
    "style": _("Design style"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One layout of a project; words may be codes or written out in either language."""

    project: str = setting(_("Project code"), default="")
    name: str = setting(_("Name of the layout"), default="")
    layout: str = setting(_("Layout"), default="")
    area: int | None = setting(_("Area"), default=None, unit="m²", low=1, high=5000)
    price_wan: int | None = setting(
        _("Price"), default=None, unit=_("ten thousand yuan"), low=1, high=99_999
    )
    style: str = setting(_("Design style"), default="")
    amenities: tuple[str, ...] = setting(_("Amenities"), default=())


@dataclass(frozen=True, slots=True)
class ProjectOffers:
    """The offers of all projects, and how much each wish weighs in the match."""

    weights: dict[str, int] = setting(  # noqa: RUF009 -- a dataclass field
        _("Weights of the match"),
        default=DEFAULT_WEIGHTS,
        unit="%",
        low=0,
        high=ALL,
        labels=WEIGHT_LABELS,
        help=_("Together 100."),
    )
    offers: tuple[Offer, ...] = setting(_("Offer"), default=())

    def __post_init__(self) -> None:
        if set(self.weights) != set(WEIGHT_LABELS) or sum(self.weights.values()) != ALL:
            raise FieldError("weights", _("Give the five weights; together they make 100."))
        for place, offer in enumerate(self.offers):
            for name in ("project", "name"):
                if not getattr(offer, name).strip():
                    raise FieldError(f"offers.{place}.{name}", _("Give a text."))
        keys = [(offer.project, offer.name) for offer in self.offers]
        for place, key in enumerate(keys):
            if key in keys[:place]:
                raise FieldError(f"offers.{place}.name", _("This layout is listed already."))


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=OFFERS,
            label=_("What projects offer"),
            area=PolicyArea.CONTACT,
            shape=ProjectOffers,
            default=ProjectOffers(),
            help=_("The record of a customer ranks these layouts by the customer's preferences."),
        )
    )
