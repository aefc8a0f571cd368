"""Care plans of a year, and gifts at festivals (SVC-84, SVC-105)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from crm_site.staff.models import User
from customers.models import Project
from customers.rules.text import clean_text
from service.care.errors import CareError
from service.care.models import CareActivity, CareGift, CareGiftList, CarePlan
from service.care.rules import PaperState, share
from service.care.services.greeting import owners
from service.care.services.papers import GIFTS, PLAN, locked, locked_draft


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a plan is: money in yuan, ``percent`` of activities done (None: it has none)."""

    activities: int
    done: int
    budget: Decimal
    spent: Decimal

    @property
    def percent(self) -> int | None:
        """Activities done in whole percent."""
        return share(self.done, self.activities)


def progress_of(activities: list[CareActivity]) -> Progress:
    """Return how far these activities of a plan are."""
    done = [one for one in activities if one.done_on is not None]
    return Progress(
        len(activities),
        len(done),
        sum((one.budget for one in activities), Decimal(0)),
        sum((one.spent or Decimal(0) for one in done), Decimal(0)),
    )


def open_plan(*, project: Project, year: int, aim: str) -> CarePlan:
    """Write the plan of a project and year and return it; raise CareError where there is one."""
    try:
        with transaction.atomic():
            return CarePlan.objects.create(project=project, year=year, aim=clean_text(aim))
    except IntegrityError as error:
        raise CareError(_("The project has a plan for this year already.")) from error


@transaction.atomic
def add_activity(*, plan: CarePlan, title: str, planned_on: date, budget: Decimal) -> CareActivity:
    """Put an activity into a draft and return it; raise CareError outside the year of the plan."""
    row: CarePlan = locked_draft(PLAN, plan.pk)
    words = clean_text(title)
    if planned_on.year != row.year or budget < 0 or not words:
        raise CareError(_("Name the activity, a day in the year of the plan, and its budget."))
    return CareActivity.objects.create(plan=row, title=words, planned_on=planned_on, budget=budget)


@transaction.atomic
def remove_activity(*, activity: CareActivity) -> None:
    """Take an activity out of a draft."""
    locked_draft(PLAN, activity.plan_id)
    activity.delete()


@transaction.atomic
def finish_activity(
    *, activity: CareActivity, done_on: date, spent: Decimal, result: str, today: date
) -> CareActivity:
    """Note that an activity of an approved plan took place, its cost and result; return it.

    Raise CareError before the plan is approved, for a day to come, and where it is done already.
    """
    plan: CarePlan = locked(PLAN, activity.plan_id)
    if plan.state != PaperState.APPROVED:
        raise CareError(_("Have the plan approved first."))
    if done_on > today or spent < 0 or not clean_text(result):
        raise CareError(_("Enter a day that is not to come, the cost, and what it brought."))
    rows = CareActivity.objects.filter(pk=activity.pk, done_on=None)
    if not rows.update(done_on=done_on, spent=spent, result=clean_text(result)[:500]):
        raise CareError(_("This activity is done already."))
    activity.refresh_from_db()
    return activity


@transaction.atomic
def fill_gifts(*, gifts: CareGiftList, grades: list[str]) -> tuple[int, int]:
    """Put the owners of the project with these grades into a draft; return how many, and left out.

    Left out is who gets a gift at this festival already, from whichever list. No grades: everybody.
    """
    row: CareGiftList = locked_draft(GIFTS, gifts.pk)
    people = owners().filter(Q(own=row.project_id) | Q(shared=row.project_id))
    if grades:
        people = people.filter(grading__grade__in=grades)
    keys = list(people.values_list("pk", flat=True))
    before = row.gifts.count()
    CareGift.objects.bulk_create(
        [CareGift(of=row, customer_id=pk, festival=row.festival, year=row.year) for pk in keys],
        ignore_conflicts=True,
    )
    new = row.gifts.count() - before
    return new, len(keys) - new


@transaction.atomic
def remove_gift(*, gift: CareGift) -> None:
    """Take somebody out of a draft."""
    locked_draft(GIFTS, gift.of_id)
    gift.delete()


@transaction.atomic
def hand_gift(*, gift: CareGift, actor: User, now: datetime) -> CareGift:
    """Note that the customer has the gift; raise CareError before approval or a second time."""
    row: CareGiftList = locked(GIFTS, gift.of_id)
    if row.state != PaperState.APPROVED:
        raise CareError(_("Have the list approved first."))
    if not CareGift.objects.filter(pk=gift.pk, given_at=None).update(given_at=now, given_by=actor):
        raise CareError(_("The customer has this gift already."))
    gift.refresh_from_db()
    return gift
