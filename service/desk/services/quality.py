"""Drawing calls and cases of each agent, and scoring them (SVC-25)."""

from collections import defaultdict
from datetime import date, datetime, time

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from crm_site.audit.services import record
from crm_site.policies.services import in_force
from crm_site.questionnaires.models import AnswerSheet
from crm_site.questionnaires.services.filling import begin_sheet
from crm_site.staff.models import User
from service.desk.models import DeskCall, QualitySample
from service.desk.policies import DESK
from service.desk.quality import SHEET
from service.desk.rules.choosing import months_later
from service.desk.rules.sampling import draw, sample_size
from service.tickets.models import Ticket


def draw_samples(*, month: date, now: datetime) -> dict[str, int]:
    """Draw the share of calls and cases of each agent for ``month``; return how many are new.

    The same month draws the same ones; what is drawn already stays, so it can run again.
    """
    rules = in_force(DESK, at=now).value
    secret = salted_hmac("service.desk.quality", settings.SECRET_KEY, algorithm="sha256").digest()
    new = 0
    for agent, keys in sorted(_worked(month).items()):
        size = sample_size(worked=len(keys), percent=rules.sample_percent, least=rules.sample_least)
        seed = f"{month:%Y-%m}:{agent}"
        for key in draw(keys, count=size, seed=seed, secret=secret):
            new += _keep(agent, month, key)
    return {"drawn": new}


def _worked(month: date) -> dict[int, dict[str, None]]:
    """Return by agent the keys of answered calls and of cases first received in ``month``."""
    zone = timezone.get_default_timezone()
    start = datetime.combine(month.replace(day=1), time.min, zone)
    end = datetime.combine(months_later(month.replace(day=1), 1), time.min, zone)
    found: dict[int, dict[str, None]] = defaultdict(dict)
    calls = DeskCall.objects.filter(answered_at__gte=start, answered_at__lt=end)
    for agent, pk in calls.filter(agent__isnull=False).values_list("agent", "pk"):
        found[agent][f"call:{pk}"] = None
    cases = Ticket.objects.filter(opened_at__gte=start, opened_at__lt=end, desk_calls__isnull=True)
    cases = cases.filter(first_responder__desk_seat__isnull=False)
    for agent, pk in cases.values_list("first_responder", "pk"):
        found[agent][f"ticket:{pk}"] = None
    return found


def _keep(agent: int, month: date, key: str) -> int:
    kind, _colon, pk = key.partition(":")
    thing = (DeskCall if kind == "call" else Ticket).objects.get(pk=pk)
    _sample, is_new = QualitySample.objects.get_or_create(
        **{kind: thing},
        defaults={"agent_id": agent, "month": month.replace(day=1), "project": thing.project},
    )
    return int(is_new)


@transaction.atomic
def begin_score(*, sample: QualitySample, actor: User, now: datetime) -> AnswerSheet:
    """Return the score sheet of a sample, a new one where nobody began it."""
    from crm_site.questionnaires.services.writing import ensure_default

    current = QualitySample.objects.select_for_update(of=("self",)).get(pk=sample.pk)
    if current.sheet is not None:
        return current.sheet
    form = ensure_default(SHEET)
    sheet = begin_sheet(questionnaire=form, subject_id=current.pk, author=actor, now=now)
    current.sheet = sheet
    current.save(update_fields=["sheet", "updated_at"])
    record(kind="quality.scored", actor=actor, subject=("quality_sample", sample.pk), now=now)
    return sheet


def keep_note(*, sample: QualitySample, note: str) -> None:
    """Keep the note for the agent."""
    sample.coach_note = note.strip()[:1000]
    sample.save(update_fields=["coach_note", "updated_at"])
