"""Which offers of the projects suit a customer best (CUS-31)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from crm_site.policies.services import in_force
from customers.models import Customer, IntentRegistration, Preference, Project
from customers.offers_policy import OFFERS, WEIGHT_LABELS, Offer
from customers.preference_words import WAN, as_code, band_range
from customers.rules.unit_match import OPEN, Match, Range, Unit, Wishes, match_unit

LISTED = 20


@dataclass(frozen=True, slots=True)
class RankedOffer:
    """One offer with its match; ``reasons`` are words, points and the most there was to earn."""

    offer: Offer
    project: str
    match: Match

    @property
    def reasons(self) -> list[tuple[Any, Decimal, Decimal]]:
        """The reasons in words; their points add up to the score."""
        return [
            (WEIGHT_LABELS[reason.wish.value], reason.points, reason.most)
            for reason in self.match.reasons
        ]


def match_score(
    wishes: Wishes, offers: Iterable[Offer], *, weights: dict[str, int]
) -> list[tuple[Offer, Match]]:
    """Return each offer with its match, the best first; equals by project and name."""
    scored = [(offer, match_unit(unit_of(offer), wishes, weights=weights)) for offer in offers]
    return sorted(scored, key=lambda item: (-item[1].score, item[0].project, item[0].name))


def suitable_offers(
    customer: Customer,
    *,
    preferences: Sequence[Preference],
    intent: IntentRegistration | None,
    now: datetime,
) -> list[RankedOffer]:
    """Return the best offers of all projects for ``customer``; two queries.

    Without any wish there is nothing to rank by, and none is returned.
    """
    policy = in_force(OFFERS, at=now).value
    wishes = wishes_of(customer, preferences=preferences, intent=intent)
    names = dict(Project.objects.values_list("code", "name"))
    ranked = [
        RankedOffer(offer, names.get(offer.project, offer.project), match)
        for offer, match in match_score(wishes, policy.offers, weights=policy.weights)
        if match.reasons
    ]
    return ranked[:LISTED]


def wishes_of(
    customer: Customer, *, preferences: Sequence[Preference], intent: IntentRegistration | None
) -> Wishes:
    """Return what is compared: the ranked preferences, else what the record itself says."""
    ranked = sorted(preferences, key=lambda row: row.rank)

    def values(kind: str) -> list[str]:
        return [row.value for row in ranked if row.kind == kind]

    bands = [found for value in values("price_band") if (found := band_range(value))]
    budget: Range = (customer.budget_min, customer.budget_max)
    layouts = values("layout") or ([customer.layout] if customer.layout else [])
    return Wishes(
        layouts=layouts,
        price_bands=bands or ([budget] if budget != OPEN else []),
        area=(intent.area_min, intent.area_max) if intent else OPEN,
        amenities=values("amenity"),
        styles=values("style"),
    )


def unit_of(offer: Offer) -> Unit:
    """Return an offer as the rule compares it: words as codes, the price in yuan."""
    return Unit(
        layout=as_code("layout", offer.layout),
        price=None if offer.price_wan is None else Decimal(offer.price_wan) * WAN,
        area=None if offer.area is None else Decimal(offer.area),
        amenities=frozenset(as_code("amenity", word) for word in offer.amenities),
        style=as_code("style", offer.style),
    )
