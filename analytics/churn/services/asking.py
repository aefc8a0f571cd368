"""Lost customers are asked why, and what they answer becomes the reasons of the loss (ANA-61)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from analytics.churn.models import ChurnLoss
from analytics.churn.rules.reasons import Reason
from analytics.churn.services.losses import Told, tell_reasons
from analytics.churn.survey import ASKED, LOSS, MAIN
from crm_site.questionnaires.rules import outline_of
from service.surveys.choices import Trigger
from service.surveys.models import Survey, SurveyResponse
from service.surveys.services.inviting import guest_of
from service.surveys.services.triggers import ask_after

BACK: Final = timedelta(days=14)  # how long after the loss somebody is still asked
SAID: Final = "customer"
SOURCE: Final = "loss:"
PART: Final = ("yes", "partly")


def ask_lost(*, now: datetime) -> int:
    """Ask who was lost in the last days, once for each loss; return how many were asked.

    Nobody is asked while no survey after losses is open, nor before it was opened.
    """
    opened = Survey.objects.filter(state="open", trigger=Trigger.LOSS.value).order_by("opened_at")
    first = opened.values_list("opened_at", flat=True).first()
    if first is None:
        return 0
    rows = ChurnLoss.objects.standing().filter(
        recorded_at__gt=max(first, now - BACK), on__gte=timezone.localdate(now - BACK)
    )
    guests = [
        guest_of(
            loss.customer,
            source=f"{SOURCE}{loss.pk}",
            project=loss.project,
            adviser_id=loss.consultant_id,
        )
        for loss in rows.select_related("customer", "project__node").order_by("pk")
    ]
    return ask_after(Trigger.LOSS, guests, now=now)


def take_answers(*, now: datetime) -> int:
    """Make the answers of lost customers the reasons of their loss; return how many losses."""
    asked = SurveyResponse.objects.filter(
        invitation__source__startswith=SOURCE, survey__questionnaire__key=LOSS
    ).select_related("invitation", "version")
    open_ones = ChurnLoss.objects.counted().exclude(said_by=SAID)
    keys = {f"{SOURCE}{pk}": pk for pk in open_ones.values_list("pk", flat=True)}
    taken = 0
    for response in asked.filter(invitation__source__in=keys).prefetch_related("answers"):
        taken += _take(response, keys[response.invitation.source], now)  # type: ignore[union-attr]
    return taken


@transaction.atomic
def _take(response: SurveyResponse, loss_id: int, now: datetime) -> int:
    answers = {one.question: one.value for one in response.answers.all()}
    main = _main(response, answers)
    if main is None:
        return 0
    loss = ChurnLoss.objects.get(pk=loss_id)
    others = [reason.value for reason in ASKED if answers.get(reason.value) in PART]
    told = Told(main.value, others, note=answers.get("words", ""), said_by=SAID)
    tell_reasons(loss=loss, told=told, actor=None, now=now)
    return 1


def _main(response: SurveyResponse, answers: Mapping[str, str]) -> Reason | None:
    """Return the reason that weighed most, by its place among the options, else the first yes."""
    options = next(
        (
            [str(option) for option in question.options]
            for question in outline_of(response.version.body).questions()
            if question.key == MAIN
        ),
        [],
    )
    chosen = answers.get(MAIN, "")
    if chosen in options and options.index(chosen) < len(ASKED):
        return ASKED[options.index(chosen)]
    return next((reason for reason in ASKED if answers.get(reason.value) == "yes"), None)
