"""Whom a piece of news concerns, who was told, and who was not (CUS-45)."""

import datetime as dt
from typing import Any, Final

from django.db.models import CharField, Count, Exists, OuterRef, Q
from django.db.models.functions import Cast

from crm_site.outbox.models import Message
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import Scope
from customers.models import Customer, Lead, NewsItem, NewsTelling
from customers.rules.axes import OPEN_LEAD_STATES
from customers.rules.consent import Purpose
from customers.services.consents import with_consent, without_withdrawal
from customers.services.reaching import ADDRESSEE

MESSAGE: Final = "customer.news"
SUBJECT: Final = "news"
AXES: Final = {"classes": "customer_class", "stages": "buying_stage", "layouts": "layout"}


def matched(news: NewsItem, *, now: dt.datetime) -> Any:
    """Return the customers ``news`` is for: by project, class, stage, layout; marketing agreed.

    A news item of a project concerns those who belong to it or have an open lead for it.
    """
    found = Customer.objects.filter(merged_into__isnull=True)
    if news.project_id:
        open_lead = Lead.objects.filter(
            customer=OuterRef("pk"),
            project=news.project_id,
            state__in=[state.value for state in OPEN_LEAD_STATES],
        )
        found = found.filter(Q(project=news.project_id) | Exists(open_lead))
    if news.audience.get("region"):
        found = found.filter(region=news.audience["region"])
    for axis, column in AXES.items():
        wanted = news.audience.get(axis)
        if wanted:
            found = found.filter(**{f"{column}__in": wanted})
    agreed = with_consent(found, Purpose.MARKETING, at=now)
    return without_withdrawal(agreed, Purpose.CONTACT)


def not_told(news: NewsItem, *, now: dt.datetime) -> Any:
    """Return the matched customers whom nobody told yet and for whom no message is on its way."""
    if news.published_at is None or news.withdrawn_at is not None:
        return Customer.objects.none()
    waiting = messages_about(news).filter(state=Message.State.WAITING)
    return _untold(news, now).exclude(Exists(waiting))


def newest_untold(customers: Any, *, user: User, now: dt.datetime) -> tuple[NewsItem, int] | None:
    """Return the newest published news and how many of ``customers`` have not heard of it."""
    seen = NewsItem.objects.visible_to(user).filter(
        published_at__lte=now, withdrawn_at__isnull=True
    )
    newest = seen.order_by("-published_at").first()
    if newest is None:
        return None
    waiting = customers.filter(pk__in=not_told(newest, now=now).values("pk"))
    return newest, waiting.count()


def not_written_to(news: NewsItem, *, now: dt.datetime) -> Any:
    """Return the matched customers who were neither told nor ever sent a message about it."""
    return _untold(news, now).exclude(Exists(messages_about(news)))


def counts_by_owner(rows: Any) -> list[dict[str, Any]]:
    """Return how many customers of the query each consultant has, the longest list first."""
    counted = rows.order_by().values("owner_id", "owner__name").annotate(n=Count("pk"))
    return list(counted.order_by("-n", "owner__name"))


def messages_about(news: NewsItem) -> Any:
    """Return the messages about ``news`` to the customer of the outer query."""
    return Message.objects.filter(
        addressee_kind=ADDRESSEE,
        addressee_id=Cast(OuterRef("pk"), CharField()),
        kind=MESSAGE,
        subject_kind=SUBJECT,
        subject_id=str(news.pk),
    )


def _untold(news: NewsItem, now: dt.datetime) -> Any:
    told = NewsTelling.objects.filter(news=news, customer=OuterRef("pk"))
    return matched(news, now=now).exclude(Exists(told))


def list_for(rows: Any, user: Any) -> Any:
    """Return those of ``rows`` whom ``user`` is to tell: own customers, or those of one's scope."""
    seen = rows.filter(pk__in=Customer.objects.visible_to(user).values("pk"))
    if user.role_definition.scope is Scope.OWN:
        return seen.owned_by(user)
    return seen
