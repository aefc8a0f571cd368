"""The technical briefing: held, attended, its test passed; only who passed sells at the launch."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError, StaleError
from crm_site.policies.services import in_force
from crm_site.questionnaires.models import AnswerSheet
from crm_site.staff.models import User
from crm_site.staff.selectors import consultants_in
from customers.launch.findings import PROJECT
from customers.launch.models import BriefingAttendance, LaunchSeller, TechnicalBriefing
from customers.launch.policies import LAUNCHES, LaunchRules
from customers.launch.sheets import BRIEFING_TEST
from customers.models import Project
from customers.property.papers import missing_acknowledgements


class NotBriefedError(RefusedError):
    """The consultant has not passed the technical briefing of the project (MKT-58)."""

    code = "not-briefed"
    title = gettext_lazy("The consultant cannot be assigned to the launch")


@dataclass(frozen=True, slots=True)
class Standing:
    """How one consultant stands before a launch; ``score`` in percent, None: no test yet."""

    person: User
    attended_on: date | None
    score: Decimal | None
    has_passed: bool
    has_confirmed: bool  # the sales manual in force
    is_assigned: bool


def hold_briefing(
    *, briefing: TechnicalBriefing, people: Iterable[User], actor: User, now: datetime
) -> TechnicalBriefing:
    """Write down a technical briefing with those who were there and return it.

    Raise RefusedError for a day to come and without anybody who was there.
    """
    present = list(people)
    if briefing.held_on > timezone.localdate(now):
        raise RefusedError(_("The day of the briefing is still to come."), code="briefing")
    if not present:
        raise RefusedError(_("Tick who was there."), code="briefing")
    with transaction.atomic():
        briefing.author = actor
        briefing.save()
        BriefingAttendance.objects.bulk_create(
            BriefingAttendance(briefing=briefing, person=person) for person in present
        )
        record(
            kind="launch.briefed",
            actor=actor,
            subject=(PROJECT, briefing.project_id),
            facts={"briefing": briefing.pk, "people": len(present)},
            now=now,
        )
    return briefing


def standings(project: Project, *, now: datetime) -> list[Standing]:
    """Return how each consultant of the project stands, in a fixed number of statements.

    Passed has who was at a briefing of this project and reached the mark of the policy in a test
    finished on the day of that briefing or later.
    """
    rules: LaunchRules = in_force(LAUNCHES, at=now).value
    people = list(consultants_in(project.node).order_by("name", "pk"))
    attended = dict(
        BriefingAttendance.objects.filter(briefing__project=project)
        .values_list("person")
        .annotate(latest=Max("briefing__held_on"))
    )
    scores = _scores(project, attended)
    assigned = set(LaunchSeller.objects.filter(project=project).values_list("person", flat=True))
    unread = {person.pk for person in missing_acknowledgements(project.node, now=now)}
    return [
        Standing(
            person=person,
            attended_on=attended.get(person.pk),
            score=scores.get(person.pk),
            has_passed=person.pk in attended and scores.get(person.pk, -1) >= rules.pass_mark,
            has_confirmed=person.pk not in unread,
            is_assigned=person.pk in assigned,
        )
        for person in people
    ]


def _scores(project: Project, attended: dict[int, date]) -> dict[int, Decimal]:
    """Return each consultant's best score since the last briefing he or she was at."""
    sheets = AnswerSheet.objects.about(PROJECT, project.pk).complete()
    rows = sheets.filter(questionnaire__key=BRIEFING_TEST, score__isnull=False)
    best: dict[int, Decimal] = {}
    for person, at, score in rows.values_list("author", "completed_at", "score"):
        since = attended.get(person)
        if score is not None and since is not None and timezone.localdate(at) >= since:
            best[person] = max(score, best.get(person, Decimal(0)))
    return best


def assign_seller(*, project: Project, person: User, actor: User, now: datetime) -> LaunchSeller:
    """Let a consultant sell at the launch of a project (MKT-58).

    Raise NotBriefedError for who has not passed the technical briefing, StaleError for who is
    assigned already.
    """
    found = next((one for one in standings(project, now=now) if one.person.pk == person.pk), None)
    if found is None or not found.has_passed:
        raise NotBriefedError(_why_not(found, person))
    try:
        with transaction.atomic():
            row = LaunchSeller.objects.create(
                project=project, person=person, assigned_by=actor, assigned_at=now
            )
            _audit("launch.assigned", row, actor, now)
    except IntegrityError as error:
        if "launch_seller_once" not in str(error):
            raise
        raise StaleError(_("%(name)s is assigned already.") % {"name": person.name}) from error
    return row


@transaction.atomic
def release_seller(*, project: Project, person: User, actor: User, now: datetime) -> None:
    """Take a consultant off the launch; raise StaleError for who is not assigned."""
    row = LaunchSeller.objects.select_for_update().filter(project=project, person=person).first()
    if row is None:
        raise StaleError(_("%(name)s is not assigned.") % {"name": person.name})
    _audit("launch.released", row, actor, now)
    row.delete()


def _why_not(found: Standing | None, person: User) -> str:
    words = {"name": person.name}
    if found is None:
        return _("%(name)s is no consultant of this project.") % words
    if found.attended_on is None:
        return _("%(name)s was not at the technical briefing of this project.") % words
    if found.score is None:
        return _("%(name)s has not done the test of the technical briefing.") % words
    more = {"score": found.score}
    return _("%(name)s did not pass the test of the technical briefing: %(score)s %%.") % (
        words | more
    )


def _audit(kind: str, row: LaunchSeller, actor: User, now: datetime) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=(PROJECT, row.project_id),
        facts={"person": row.person_id},
        now=now,
    )
