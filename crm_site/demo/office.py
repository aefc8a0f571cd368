"""What an office has around its customers: meetings, upkeep, promises, tags, strata, news, offers.

Written through the services, so that it stands as if people had entered it.
"""

import random
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from crm_site.demo import words
from crm_site.demo.company import Company
from crm_site.registers.services.entries import EntryDraft, add_entry
from crm_site.staff.models import User
from customers.models import Customer, Stratum, Tag, UpkeepPlan
from customers.promises import PROMISE, PROMISES
from customers.rules.axes import CustomerClass
from customers.rules.consent import Purpose
from customers.rules.meetings import MeetingKind
from customers.services.consents import with_consent
from customers.services.duplicates import find_duplicates
from customers.services.meetings import MeetingEntry, plan_meeting
from customers.services.news import NewsEntry, publish_news, write_news
from customers.services.sharing import offer_customer
from customers.services.standing import refresh_standing
from customers.services.strata import save_stratum
from customers.services.tags import apply_rules, put_tag, save_tag
from customers.services.upkeep import save_plan

FEW = 5000  # customers up to which the demo looks for duplicates at once; the night does the rest


def furnish(company: Company, *, chance: random.Random, now: datetime) -> None:
    """Fill the pages around the customers; the figures of the standing are computed first."""
    refresh_standing(now=now)
    executive = User.objects.get(username="executive")
    _tags(executive, chance, now)
    _strata(executive, now)
    _news(company, executive, now)
    for users in company.consultants.values():
        for user in users[:4]:
            _week_of(user, chance, now)
    _offers(company, now)
    if Customer.objects.count() <= FEW:
        find_duplicates(now=now)


def _tags(owner: User, chance: random.Random, now: datetime) -> None:
    by_hand = [
        save_tag(tag=Tag(name=name, group=group, owner=owner), actor=owner, now=now)
        for name, group in (("学区优先", "need"), ("现房优先", "need"), ("微信沟通", "service"))
    ]
    rule = Tag(name="高意向", group="type", owner=owner, rule={"intent": ["3"]})
    save_tag(tag=rule, actor=owner, now=now)
    for customer in Customer.objects.visible_to(owner).order_by("external_id")[:120]:
        put_tag(customer=customer, tag=chance.choice(by_hand), actor=owner, now=now)
    apply_rules(now=now)


def _strata(owner: User, now: datetime) -> None:
    for name, need, low, high, strategy in (
        (
            "首套刚需 200–300 万",
            "first_home",
            200,
            300,
            "两居与小三房，主打月供与地铁，周末家庭看房。",
        ),
        ("改善 400–600 万", "upgrade", 400, 600, "大三房与四房，私享品鉴会，邀请老业主同场。"),
    ):
        stratum = Stratum(
            name=name,
            need=need,
            budget_min=Decimal(low) * 10_000,
            budget_max=Decimal(high) * 10_000,
            strategy=strategy,
        )
        save_stratum(stratum=stratum, actor=owner, now=now)


def _news(company: Company, author: User, now: datetime) -> None:
    for days, title, body in (
        (6, "样板间本周六开放", "两套新样板间本周六起开放，周末延长接待至晚八点。"),
        (1, "项目三期主体封顶", "三期主体已经封顶，外立面施工按计划推进，欢迎预约工地开放日。"),
    ):
        at = now - timedelta(days=days)
        entry = NewsEntry(title=title, body=body, project=company.projects[0])
        publish_news(news=write_news(entry=entry, actor=author, now=at), actor=author, now=at)


def _week_of(user: User, chance: random.Random, now: datetime) -> None:
    """Give a consultant meetings, an upkeep plan and promises to some of the own customers."""
    own = list(Customer.objects.filter(owner=user).order_by("-last_contact_at", "pk")[:12])
    if len(own) < 6:
        return
    today = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    for place, customer in enumerate(own[:4]):
        starts_at = today.replace(hour=10 + 2 * place) + timedelta(days=1 + place % 3)
        entry = MeetingEntry(
            kind=MeetingKind.MEETING,
            title="看样板间",
            owner=user,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            place="案场",
            guests=(customer,),
        )
        plan_meeting(entry=entry, actor=user, now=now)
    for place, customer in enumerate(own[4:7]):
        draft = EntryDraft(
            title=chance.choice(words.PROMISES),
            values={"kind": PROMISE, "promised_by": user.name},
            due_at=now + timedelta(days=(-1, 1, 4)[place]),
            subject_id=customer.pk,
        )
        made_at = now - timedelta(days=3)
        add_entry(register=PROMISES, draft=draft, actor=user, now=made_at)
    owners = [CustomerClass.FIRST_PURCHASE.value, CustomerClass.EXISTING.value]
    buyer = Customer.objects.filter(owner=user, customer_class__in=owners).first()
    if buyer is not None:
        values = {
            "customer": buyer,
            "title": "老业主回访",
            "person": user,
            "place": "业主会所",
            "area": "一期",
            "every_days": 14,
            "time_of_day": time(15, 0),
            "starts_on": timezone.localtime(now).date() + timedelta(days=2),
        }
        save_plan(plan=UpkeepPlan(), values=values, actor=user, now=now)


def _offers(company: Company, now: datetime) -> None:
    """Offer customers of the second project to the first, where they agreed to it."""
    from_, to = company.projects[1], company.projects[0]
    owned = Customer.objects.filter(project=from_, owner__isnull=False).select_related("owner")
    for customer in with_consent(owned, Purpose.SHARING, at=now).order_by("pk")[:3]:
        offer_customer(
            customer=customer,
            to_project=to,
            reason="想要离主城更近的三房，本项目没有合适户型",
            actor=customer.owner,
            now=now,
        )
