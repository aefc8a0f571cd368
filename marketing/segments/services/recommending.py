"""Recommending units, articles and offers to a customer, and learning from the answer (CUS-35)."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from crm_site.staff.models import User
from customers.models import Customer, IntentRegistration, NewsItem
from customers.rules.consent import Purpose
from customers.selectors.matching import suitable_offers
from customers.services.consents import has_withdrawn
from customers.services.holding import hold_customer
from marketing.segments.errors import SegmentError
from marketing.segments.hooks import candidates_for, register_source
from marketing.segments.models import Recommendation
from marketing.segments.rules.recommend import Candidate, Past, choose

REFUSABLE = (Purpose.PROFILING, Purpose.MARKETING, Purpose.CONTACT)
NEWS = 10
ABOUT_PROJECT, NEW_ARTICLE = Decimal(50), Decimal(20)


def refused(customer: Customer) -> bool:
    """Return whether the customer wants no recommendations: no forecasts, adverts or contact."""
    return any(has_withdrawn(customer, purpose) for purpose in REFUSABLE)


@transaction.atomic
def recommend(*, customer: Customer, actor: User, now: datetime) -> list[Recommendation]:
    """Keep the best new things for a customer with their reasons, and return them.

    Raise SegmentError for a customer who opted out.
    """
    hold_customer(customer.pk)
    if refused(customer):
        raise SegmentError(_("This customer opted out: nothing is recommended."))
    past = [
        Past(row.kind, row.item, row.reaction, frozenset(row.traits))
        for row in Recommendation.objects.filter(customer=customer)
    ]
    chosen = choose(
        candidates_for(customer, now),
        past,
        lift=_("Similar things were liked"),
        drop=_("Similar things were turned down"),
    )
    return Recommendation.objects.bulk_create(
        [
            Recommendation(
                customer=customer,
                kind=one.kind,
                item=one.item[:80],
                title=one.title[:160],
                score=one.score,
                reasons=[[word, str(points)] for word, points in one.reasons],
                traits=sorted(one.traits),
                made_at=now,
                made_by=actor,
            )
            for one in chosen
        ]
    )


@transaction.atomic
def react(
    *, recommendation: Recommendation, reaction: str, note: str, actor: User, now: datetime
) -> None:
    """Keep what the customer said; it counts in the next choice. A later word replaces it."""
    Recommendation.objects.filter(pk=recommendation.pk).update(
        reaction=reaction, note=note.strip(), reacted_at=now, reacted_by=actor
    )


def units_for(customer: Customer, now: datetime) -> Iterator[Candidate]:
    """Propose the layouts that suit what the customer wants."""
    newest = IntentRegistration.objects.filter(customer=customer).order_by("-version").first()
    wishes = list(customer.preferences.all())
    for one in suitable_offers(customer, preferences=wishes, intent=newest, now=now):
        reasons = tuple((str(word), points) for word, points, _most in one.reasons if points)
        if not reasons:
            continue
        offer = one.offer
        traits = {f"layout:{offer.layout}", f"project:{offer.project}"}
        yield Candidate(
            "unit",
            f"{offer.project}/{offer.name}",
            f"{one.project} · {offer.name}",
            reasons,
            frozenset(traits),
        )


def articles_for(customer: Customer, now: datetime) -> Iterator[Candidate]:
    """Propose published news of the customer's project and region that is meant for its class."""
    rows = NewsItem.objects.filter(
        Q(project=customer.project_id) | Q(project=None),
        published_at__lte=now,
        withdrawn_at__isnull=True,
    )
    for news in rows.order_by("-published_at", "-pk")[:NEWS]:
        if not _is_meant(news, customer):
            continue
        reasons = [(_("Published and meant for this customer"), NEW_ARTICLE)]
        if news.project_id:
            reasons.append((_("About the project of the customer"), ABOUT_PROJECT))
        traits = frozenset({f"news:{news.project_id or 0}"})
        yield Candidate("article", f"news/{news.pk}", news.title, tuple(reasons), traits)


def _is_meant(news: Any, customer: Customer) -> bool:
    """Return whether the audience of a piece of news holds the customer."""
    audience = news.audience or {}
    asked = {
        "classes": customer.customer_class,
        "stages": customer.buying_stage,
        "layouts": customer.layout,
        "region": customer.region_id,
    }
    for key, value in asked.items():
        wanted = audience.get(key)
        if wanted and value not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True


def register() -> None:
    """Offer units and articles."""
    register_source("units", units_for)
    register_source("articles", articles_for)
