"""One record of each kind of messaging, for the tests of access."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from customers.models import Customer
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from marketing.messaging.models import Experiment, MessageTemplate, Variant
from marketing.messaging.services.batches import BatchDraft, write_batch
from marketing.messaging.services.experiments import (
    ExperimentDraft,
    VariantDraft,
    write_experiment,
)
from marketing.messaging.services.flows import FlowDraft, StepDraft, write_flow
from marketing.messaging.services.templates import TemplateDraft, save_template


def messaging_of(
    customer: Customer, people: dict[str, Any], _made: dict[str, Any]
) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was made before.

    A text, and drafts of a batch, a flow and an experiment of the customer's project.
    """
    now, actor, project = timezone.now(), people["marketing"], customer.project
    for purpose in (Purpose.CONTACT, Purpose.MARKETING):
        record_consent(
            customer=customer,
            purpose=purpose,
            is_given=True,
            channel=Channel.PHONE,
            actor=None,
            now=now,
        )
    text = save_template(
        draft=TemplateDraft(
            name="开放日", purpose="marketing", title="开放日", body="{name}您好", project=project
        ),
        actor=actor,
        now=now,
    )
    batch = write_batch(
        draft=BatchDraft(
            name="五月",
            template=text,
            audience="filter",
            starts_at=now,
            ends_at=now + timedelta(days=2),
            project=project,
        ),
        actor=actor,
        now=now,
    )
    steps = [
        StepDraft(kind="message", template=text, channel="sms"),
        StepDraft(kind="task", words="回访"),
    ]
    flow = write_flow(
        draft=FlowDraft(name="生日", trigger="birthday", project=project, steps=steps),
        actor=actor,
        now=now,
    )
    experiment = write_experiment(
        draft=ExperimentDraft(
            title="哪种写法好",
            kind="content",
            metric="reply",
            base_rate=Decimal("0.1"),
            goal_rate=Decimal("0.2"),
            project=project,
            variants=[VariantDraft(name=name, template=text) for name in ("甲", "乙")],
        ),
        actor=actor,
        now=now,
    )
    return {
        "message_text_id": text.pk,
        "message_batch_id": batch.pk,
        "message_flow_id": flow.pk,
        "experiment_id": experiment.pk,
    }


def hidden_messaging(project: Any, owner: Any) -> dict[str, int]:
    """Return a text and a running experiment of a project that nobody of the cases sees."""
    text = MessageTemplate.objects.create(
        name="远方", purpose="marketing", title="x", body="x", project=project, author=owner
    )
    test = Experiment.objects.create(
        title="远方",
        kind="content",
        metric="reply",
        base_rate=Decimal("0.1"),
        goal_rate=Decimal("0.2"),
        project=project,
        state="running",
        owner=owner,
    )
    arm = Variant.objects.create(experiment=test, key="b", name="乙")
    return {"message_text": text.pk, "experiment": test.pk, "variant": arm.pk}
