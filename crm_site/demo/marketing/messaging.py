"""Texts, batches sent and answered, a flow under way, an experiment decided and one that runs."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from crm_site.outbox.models import Message
from crm_site.staff.models import User
from customers.models import Customer, Project
from marketing.messaging.models import Batch, BatchMessage, MessageTemplate
from marketing.messaging.results import figures_of, verdict_of
from marketing.messaging.rules.verdicts import Decision
from marketing.messaging.services.batches import (
    BatchDraft,
    launch_batch,
    recipients,
    send_batch,
    work_batches,
    write_batch,
)
from marketing.messaging.services.drawing import assign
from marketing.messaging.services.experiments import (
    Decided,
    ExperimentDraft,
    VariantDraft,
    decide_experiment,
    start_experiment,
    write_experiment,
)
from marketing.messaging.services.flows import FlowDraft, StepDraft, switch_on, write_flow
from marketing.messaging.services.replies import note_reply
from marketing.messaging.services.settling import note_sent
from marketing.messaging.services.starting import start_runs
from marketing.messaging.services.templates import TemplateDraft, save_template

TEXTS: Final = (
    ("样板间开放", "marketing", "样板间开放", "{name}，{event}，{project}样板间等您来看。"),
    ("开放日·带家人", "marketing", "样板间开放", "{name}，{event}，带上家人来{project}看看新家。"),
    (
        "到访后问候",
        "marketing",
        "感谢到访",
        "{name}，感谢到访{project}，随时找{consultant}。",
    ),
)
VALUES: Final = {"event": "本周六上午十点"}
AGO: Final = timedelta(days=20)
ANSWER: Final = {"A": 0.10, "B": 0.24}  # how many answer, by the words they got


def make_messaging(*, seed: int, now: datetime) -> None:
    """Let marketing write: two batches, a flow, two experiments; nothing without its people."""
    writer = User.objects.filter(username="marketing").select_related("node").first()
    chief = User.objects.filter(username="executive").first()
    if writer is None or chief is None or writer.node is None:
        return
    project = Project.objects.filter(node=writer.node.project_id).first()
    if project is None:
        return
    texts = _texts(writer, project, now - AGO)
    _flow(writer, project, texts[2], now)
    _experiment(writer, chief, project, texts, random.Random(seed), now)  # noqa: S311 -- demo data
    draft = _draft("五月样板间开放（草稿）", texts[0], project, now)
    write_batch(draft=draft, actor=writer, now=now)


def _texts(writer: User, project: Project, at: datetime) -> list[MessageTemplate]:
    return [
        save_template(
            draft=TemplateDraft(
                name=name, purpose=purpose, title=title, body=body, project=project
            ),
            actor=writer,
            now=at,
        )
        for name, purpose, title, body in TEXTS
    ]


def _draft(name: str, text: MessageTemplate, project: Project, at: datetime) -> BatchDraft:
    return BatchDraft(
        name=name,
        template=text,
        audience="filter",
        values=VALUES,
        channel="sms",
        project=project,
        starts_at=at,
        ends_at=at + timedelta(days=5),
    )


def _flow(writer: User, project: Project, text: MessageTemplate, now: datetime) -> None:
    steps = [
        StepDraft(kind="message", template=text, channel="best"),
        StepDraft(kind="wait", hours=72),
        StepDraft(kind="condition", condition="not_signed"),
        StepDraft(kind="task", words="电话询问看房感受"),
    ]
    draft = FlowDraft(
        name="到访后跟进", trigger="stage", stage="deciding", project=project, steps=steps
    )
    flow = write_flow(draft=draft, actor=writer, now=now - AGO)
    switch_on(flow=flow, actor=writer, now=now - AGO)
    start_runs(now=now)


def _experiment(
    writer: User,
    chief: User,
    project: Project,
    texts: Sequence[MessageTemplate],
    chance: random.Random,
    now: datetime,
) -> None:
    """Send a batch in two wordings, let some answer, decide by what the figures say."""
    at = timezone.make_aware(
        datetime.combine(timezone.localdate(now - AGO), time(10)), timezone.get_current_timezone()
    )
    variants = [
        VariantDraft(name="现有写法", template=texts[0]),
        VariantDraft(name="提到家人", template=texts[1]),
    ]
    draft = ExperimentDraft(
        title="提到家人能否让更多人回复",
        kind="content",
        metric="reply",
        base_rate=Decimal("0.1"),
        goal_rate=Decimal("0.3"),
        window_days=7,
        project=project,
        variants=variants,
    )
    row = write_experiment(draft=draft, actor=writer, now=at)
    row = start_experiment(experiment=row, actor=writer, now=at)
    batch = write_batch(
        draft=replace(_draft("四月样板间开放", texts[0], project, at), experiment=row),
        actor=writer,
        now=at,
    )
    if not recipients(batch, now=at).exists():
        return
    batch = launch_batch(batch=batch, actor=writer, now=at)
    send_batch(batch=batch, now=at)
    _deliver(batch, chance, at)
    work_batches(now=now)
    verdict = verdict_of(row, figures_of(row, now=now))
    advice, key = verdict.advised()
    winner = row.variants.filter(key=key).first() if advice is Decision.ADOPT else None
    decide_experiment(
        experiment=row,
        decided=Decided(
            decision=advice.value,
            winner=winner,
            reason="按预先约定的人数与显著性判断。",
            budget=Decimal(60000) if winner else None,
        ),
        actor=chief,
        now=now,
    )
    others = ExperimentDraft(
        title="微信与短信哪个到访更多",
        kind="channel",
        metric="visit",
        base_rate=Decimal("0.08"),
        goal_rate=Decimal("0.14"),
        project=project,
        variants=[
            VariantDraft(name="短信", channel="sms"),
            VariantDraft(name="微信", channel="wechat"),
        ],
    )
    running = write_experiment(draft=others, actor=writer, now=now)
    running = start_experiment(experiment=running, actor=writer, now=now)
    people = Customer.objects.filter(project=project, merged_into=None).order_by("pk")[:60]
    assign(running, people, now=now - timedelta(days=3))


def _deliver(batch: Batch, chance: random.Random, at: datetime) -> None:
    """Mark the messages as delivered then, as the provider would have; some answer."""
    rows = BatchMessage.objects.filter(batch=batch, state="queued")
    for row in rows.select_related("message", "variant", "customer").order_by("pk"):
        message = row.message
        if message is None:
            continue
        sent = at + timedelta(minutes=chance.randrange(300))
        Message.objects.filter(pk=message.pk).update(state="sent", sent_at=sent, attempts=1)
        note_sent(message, sent)
        if row.variant is not None and chance.random() < ANSWER[row.variant.key]:
            note_reply(
                customer=row.customer,
                source="inbound",
                source_key=f"demo:{row.pk}",
                at=sent + timedelta(hours=chance.randrange(1, 60)),
                now=sent + timedelta(hours=60),
            )
