"""The plan that follows a survey: an item for each low figure, done with a result (SVC-49)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError, StaleError
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from service.surveys.errors import SurveyError
from service.surveys.models import Survey, SurveyAnswer
from service.surveys.policies import RULES, SurveyRules
from service.surveys.querysets import MANAGE
from service.surveys.report_models import ImprovementItem, ImprovementPlan
from service.surveys.rules.scales import of_ten

CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class LowFigure:
    """A question whose mean out of ten lies below the goal in a project."""

    question: str
    label: str
    project_id: int | None
    mean: Decimal
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEntry:
    """What is to be done about a low figure, by whom, until when; done with a result."""

    measure: str
    owner: User | None = None
    due_on: date | None = None
    done_on: date | None = None
    result: str = ""


def low_figures(survey: Survey, *, now: datetime) -> list[LowFigure]:
    """Return the low figures of a survey of customers, the lowest first."""
    rules: SurveyRules = in_force(RULES, at=now).value
    if survey.version is None or survey.of_staff:
        return []
    labels = {one.key: one.label for one in survey.version.outline.questions()}
    counts = (
        SurveyAnswer.objects.filter(response__survey=survey)
        .values("question", "scale", "value", "response__project")
        .annotate(n=Count("pk"))
        .order_by()
    )
    sums: dict[tuple[str, int | None], list[Decimal | int]] = defaultdict(lambda: [Decimal(0), 0])
    for row in counts:
        rating = of_ten(row["scale"], row["value"])
        if rating is not None:
            total = sums[row["question"], row["response__project"]]
            total[0] += rating * row["n"]
            total[1] += row["n"]
    found = [
        LowFigure(key, labels.get(key, key), project, _cents(Decimal(total) / n), int(n))
        for (key, project), (total, n) in sums.items()
    ]
    low = [one for one in found if one.mean < rules.improve_below]
    return sorted(low, key=lambda one: (one.mean, one.label, one.project_id or 0))


@transaction.atomic
def plan_improvement(*, survey: Survey, actor: User, now: datetime) -> ImprovementPlan:
    """Make the plan of a survey, or add items for figures that became low; return it.

    Every low figure has one item; those that are there already stay as they are. Raise
    NotAllowedError without the right, SurveyError where no figure is low.
    """
    if not actor.has_perm(MANAGE):
        raise NotAllowedError(_("Your role does not make surveys."))
    figures = low_figures(survey, now=now)
    plan = ImprovementPlan.objects.filter(survey=survey).first()
    if plan is None and not figures:
        raise SurveyError(_("No figure lies below the goal, so there is nothing to plan."))
    if plan is None:
        with translation.override(settings.LANGUAGE_CODE):
            title = _("Satisfaction improvement plan: %(survey)s") % {"survey": survey.title}
        plan = ImprovementPlan.objects.create(
            survey=survey, title=title[:120], created_by=actor, created_at=now
        )
        record(
            kind="survey.plan_made", actor=actor, subject=("survey", survey.pk), facts={}, now=now
        )
    ImprovementItem.objects.bulk_create(
        [
            ImprovementItem(
                plan=plan,
                project_id=one.project_id,
                question=one.question,
                topic=one.label[:300],
                figure=one.mean,
                answers=one.n,
                created_at=now,
            )
            for one in figures
        ],
        ignore_conflicts=True,
    )
    return plan


@transaction.atomic
def change_item(
    *, item: ImprovementItem, entry: ItemEntry, actor: User, now: datetime
) -> ImprovementItem:
    """Write who does what until when, or that it is done; return the item.

    Raise NotAllowedError without the right, ValidationError for a day to come, a missing result or
    owner, StaleError for one that is done already.
    """
    if not actor.has_perm(MANAGE):
        raise NotAllowedError(_("Your role does not make surveys."))
    current = ImprovementItem.objects.select_for_update().get(pk=item.pk)
    if current.done_on is not None:
        raise StaleError(_("This item is done already."))
    _check(entry, timezone.localdate(now))
    for name in entry.__slots__:
        setattr(current, name, getattr(entry, name))
    current.save()
    return current


def progress_of(items: Any) -> int:
    """Return how many percent of the items are done; 0 without items."""
    items = list(items)
    done = sum(one.done_on is not None for one in items)
    return done * 100 // len(items) if items else 0


def _check(entry: ItemEntry, today: date) -> None:
    errors = {}
    if entry.done_on is not None and entry.done_on > today:
        errors["done_on"] = _("The day lies in the future.")
    if entry.done_on is not None and not entry.result.strip():
        errors["result"] = _("Say what came of it.")
    if entry.measure and entry.owner is None:
        errors["owner"] = pgettext("improvement", "Choose who.")
    if entry.measure and entry.due_on is None:
        errors["due_on"] = _("Say until when.")
    if errors:
        raise ValidationError(errors)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
