"""A repeatable crowd with every kind of own move, and the slow way to the rule's inputs."""

import random
from datetime import timedelta

from customers.models import BehaviourEvent, Customer, Interaction, Meeting, MeetingGuest
from customers.rules.activity import Move, activity
from customers.rules.value import ValueInputs, value_of
from tests.customers.crowds import random_customers
from tests.factories import InteractionFactory

DAYS = (0, 1, 29, 30, 31, 89, 90, 91, 200, -1)


def moving_crowd(count, *, owner, regions, now, seed=7):
    """Return customers with leads, talks, behaviour, meetings and different years with us."""
    rows = random_customers(count, owner=owner, regions=regions, now=now)
    pick = random.Random(seed)  # noqa: S311 -- a repeatable crowd
    for row in rows:
        row.created_at = now - timedelta(days=pick.choice([0, 364, 365, 800, 2000]))
    Customer.objects.bulk_update(rows, ["created_at"])
    meetings = [
        Meeting.objects.create(
            kind="meeting",
            title="业主会",
            owner=owner,
            starts_at=now - timedelta(days=days),
            ends_at=now - timedelta(days=days) + timedelta(hours=1),
        )
        for days in DAYS
    ]
    talks, used, guests = [], [], []
    for number, row in enumerate(rows):
        for _ in range(pick.choice([0, 0, 1, 2, 5])):
            talks.append(
                InteractionFactory.build(
                    customer=row,
                    channel=pick.choice(["visit", "phone", "wechat", "note", "home_visit"]),
                    result=pick.choice(["visited", "reached", "visit_booked", "informed"]),
                    is_automatic=pick.random() < 0.2,
                    at=now - timedelta(days=pick.choice(DAYS), seconds=pick.choice([0, 1, 7])),
                )
            )
        for place in range(pick.choice([0, 0, 1, 4, 12])):
            used.append(
                BehaviourEvent(
                    event_id=f"{number}-{place}",
                    customer=row,
                    kind="browsing",
                    action="page_view",
                    at=now - timedelta(days=pick.choice(DAYS)),
                    received_at=now,
                )
            )
        if pick.random() < 0.5:
            came = pick.choice([True, False, None])
            guests.append(MeetingGuest(meeting=pick.choice(meetings), customer=row, attended=came))
    Interaction.objects.bulk_create(talks)
    BehaviourEvent.objects.bulk_create(used)
    MeetingGuest.objects.bulk_create(guests)
    return rows


def moves_of(customer, now):
    """Return every own move of the customer up to now as (kind, moment), one at a time."""
    found = []
    for talk in customer.interactions.filter(is_automatic=False):
        if talk.channel == "visit" or talk.result == "visited":
            found.append((Move.VISIT, talk.at))
        elif talk.result in ("reached", "visit_booked") and talk.channel != "note":
            found.append((Move.REPLY, talk.at))
    for guest in customer.invitations.filter(attended=True).select_related("meeting"):
        found.append((Move.CHECK_IN, guest.meeting.starts_at))
    found += [(Move.APP_USE, event.at) for event in customer.behaviour.all()]
    return [(kind, at) for kind, at in found if at <= now]


def activity_by_rule(customer, now, weights):
    """Return (score, last touch) of the customer by the rule."""
    moves = moves_of(customer, now)
    since = now - timedelta(days=weights.window_days)
    counts = {kind: sum(k is kind and at > since for k, at in moves) for kind in Move}
    last = max((at for _kind, at in moves), default=None)
    return activity(counts, last, weights=weights, now=now), last


def value_by_rule(customer, now, score):
    """Return the three scores of the customer by the rule."""
    return value_of(
        ValueInputs(
            spending_power=customer.spending_power,
            budget=customer.budget_max,
            contribution=customer.contribution,
            intent=customer.intent,
            purchases=customer.leads.filter(state="signed").count(),
            activity=score,
            referrals=customer.referred.count(),
            years=(now - customer.created_at).days // 365,
        )
    )
