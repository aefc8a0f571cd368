"""A repeatable crowd of customers with every kind of grading input."""

import random
from datetime import timedelta
from decimal import Decimal

from django.db.models import Q

from crm_site.policies.services import approve, propose, submit
from crm_site.policies.shapes import to_json
from customers.grade_policy import WEIGHTS
from customers.models import Customer, Interaction, Lead, Task
from customers.rules.axes import OPEN_LEAD_STATES, LeadState
from customers.rules.grades import STAGE_PERCENT, GradeInputs
from tests.factories import CustomerFactory, InteractionFactory, LeadFactory, TaskFactory


def put_weights_in_force(policy, *, author, approver, now):
    """Propose, submit and approve the weights of the grades."""
    draft = propose(
        key=WEIGHTS,
        payload=to_json(policy),
        valid_from=None,
        reason="test",
        author=author,
        now=now,
    )
    submit(version_id=draft.pk, author=author, now=now)
    approve(version_id=draft.pk, approver=approver, now=now)


def random_customers(count, *, owner, regions, now, seed=20260520):
    """Make customers with every kind of input, and their leads, visits and tasks, in bulk."""
    pick = random.Random(seed)  # noqa: S311 -- a repeatable crowd
    money = [None, Decimal("0.01"), Decimal(1_000_000), Decimal("3456789.12"), Decimal(10**11)]
    rows = Customer.objects.bulk_create(
        CustomerFactory.build(
            owner=owner,
            owned_since=now,
            team=None,
            project_id=None,
            region_id=pick.choice(regions),
            phone=None,
            phone_index=None,
            phone_tail_index=None,
            contribution=pick.choice([*money[1:], Decimal(0)]),
            budget_max=pick.choice(money),
            layout=pick.choice(["", "三室两厅"]),
            motive=pick.choice(["", "", "自住"]),
            intent=pick.choice([None, 1, 2, 3]),
            project_role=pick.choice(["", "decider", "influencer", "user", "adviser"]),
            spending_power=pick.choice([None, 1, 2, 3, 4, 5]),
            last_contact_at=pick.choice(
                [None, now, now - timedelta(days=30), now - timedelta(days=29, hours=23)]
            ),
        )
        for _ in range(count)
    )
    Customer.objects.bulk_update(
        [
            row
            for row in rows
            if pick.random() < 0.4 and (setattr(row, "referrer", pick.choice(rows)) or True)
        ],
        ["referrer"],
    )
    states = list(LeadState)
    leads, talks, tasks = [], [], []
    for row in rows:
        for _ in range(pick.choice([0, 1, 1, 2, 3])):
            state = pick.choice(states).value
            lost = "价格" if state == "lost" else ""
            leads.append(
                LeadFactory.build(
                    customer=row, project=None, owner=None, state=state, lost_reason=lost
                )
            )
        for _ in range(pick.choice([0, 0, 1, 3, 6])):
            talks.append(
                InteractionFactory.build(
                    customer=row,
                    channel=pick.choice(["visit", "phone"]),
                    result=pick.choice(["visited", "reached", "no_answer"]),
                    at=now - timedelta(days=pick.choice([1, 364, 365, 366, 400])),
                )
            )
        if pick.random() < 0.5:
            done = pick.random() < 0.5
            tasks.append(
                TaskFactory.build(
                    customer=row,
                    owner=owner,
                    state="done" if done else "open",
                    done_at=now if done else None,
                )
            )
    Lead.objects.bulk_create(leads)
    Interaction.objects.bulk_create(talks)
    Task.objects.bulk_create(tasks)
    return rows


def inputs_of(customer, now):
    """Collect the rule's inputs one customer at a time, the slow and obvious way."""
    states = [LeadState(lead.state) for lead in customer.leads.all()]
    kept = [state for state in states if state is not LeadState.LOST]
    visits = customer.interactions.filter(
        Q(channel="visit") | Q(result="visited"), at__gt=now - timedelta(days=365)
    )
    contact = customer.last_contact_at
    return GradeInputs(
        contribution=customer.contribution,
        budget=customer.budget_max,
        states_need=bool(customer.layout or customer.motive),
        intent=customer.intent,
        role=customer.project_role,
        visits=visits.count(),
        furthest=max(kept, key=lambda state: STAGE_PERCENT[state], default=None),
        referrals=customer.referred.count(),
        purchases=kept.count(LeadState.SIGNED),
        spending_power=customer.spending_power,
        has_open_lead=any(state in OPEN_LEAD_STATES for state in kept),
        has_open_task=customer.tasks.filter(state="open").exists(),
        is_recently_contacted=contact is not None and contact > now - timedelta(days=30),
    )
