"""What the registers say of the handover that is under way in the first project."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from crm_site.demo import words
from crm_site.demo.handover import Plan
from crm_site.registers.registry import CLOSED
from crm_site.registers.services.entries import EntryDraft, add_entry, close_entry
from customers.handover.registers import PROBLEMS, RISKS


def finish_round(plans: Sequence[Plan], *, now: datetime) -> None:
    """Write the risks found before the second batch of the first project, and a problem of it."""
    plan = next((each for each in plans if each.site.place == 0), None)
    if plan is None:
        return
    actor = plan.people.planner
    for place, (title, area) in enumerate(words.HANDOVER_RISKS):
        at = now - timedelta(days=60 - place)
        draft = EntryDraft(
            title=title,
            values={"area": area},
            due_at=at + timedelta(days=62 * place + 20),
            subject_id=plan.site.project.pk,
        )
        entry = add_entry(register=RISKS, draft=draft, actor=actor, now=at)
        if not place:
            close_entry(
                entry=entry,
                outcome=CLOSED.key,
                evidence=words.RISK_DONE,
                actor=actor,
                now=at + timedelta(days=15),
            )
    title, duty = words.HANDOVER_PROBLEM
    draft = EntryDraft(
        title=title,
        values={"duty": duty},
        due_at=now + timedelta(days=2),
        subject_id=plan.batch.pk,
    )
    add_entry(register=PROBLEMS, draft=draft, actor=actor, now=now - timedelta(hours=20))
