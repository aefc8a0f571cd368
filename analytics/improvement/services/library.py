"""Decided experiments of marketing in the library of results (ANA-72)."""

from datetime import datetime

from django.utils import timezone

from analytics.improvement.querysets import KEEP
from analytics.improvement.registers import EXPERIMENTS
from crm_site.registers.services.entries import EntryDraft, add_entry
from crm_site.staff.models import User
from marketing.messaging.models import Experiment


def keep_result(experiment: Experiment, actor: User, now: datetime) -> None:
    """Write each comparison of a decided experiment into the library, for who may keep it."""
    arms = {arm["key"]: arm for arm in experiment.result["arms"]}
    names = {one.key: one.name for one in experiment.variants.all()}
    control, *others = arms.values()
    if not actor.has_perm(KEEP) or not control["n"]:
        return
    for other in (arm for arm in others if arm["n"]):
        values = {
            "kind": "ab",
            "outcome": str(experiment.get_metric_display()),
            "control": names[control["key"]],
            "control_n": str(control["n"]),
            "control_hits": str(control["hits"]),
            "variant": names[other["key"]],
            "variant_n": str(other["n"]),
            "variant_hits": str(other["hits"]),
            "ended_on": timezone.localdate(now).isoformat(),
            "campaign": experiment.campaign_code,
        }
        draft = EntryDraft(title=experiment.title[:120], values=values)
        add_entry(register=EXPERIMENTS, draft=draft, actor=actor, now=now)
