"""The sheet that checks the service of an agency, and its scores (MKT-73)."""

import datetime as dt
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.questionnaires.defaults import Default, register_default
from crm_site.questionnaires.models import AnswerSheet
from crm_site.questionnaires.rules import Outline, Question, Scale, Section
from marketing.channels.models import Partner, PartnerCheck
from marketing.channels.services.partners import note_check

SERVICE: Final = "agency-service"
SUBJECT: Final = "partner"


def _ten(key: str, label: Any) -> Question:
    return Question(key=key, label=label, scale=Scale.TEN)


def _section(title: Any, *questions: Question) -> Section:
    return Section(title, questions)


FORM: Final = Default(
    key=SERVICE,
    title=_("Check of an agency"),
    use="checklist",
    subject_kind=SUBJECT,
    intro=_("For the selection of an agency, and regularly while it works. 1 to 10."),
    outline=Outline(
        (
            _section(
                _("Standards"),
                _ten("q1", _("Knowledge of the project and the uniform wording")),
                _ten("q2", _("Licences and training of the people on the list")),
                _ten("q3", _("Reception and company of customers")),
                _ten("q4", _("Truthful reports, without claims on known customers")),
                _ten("q5", _("Records and handing over of customer data")),
            ),
        )
    ),
)


def register() -> None:
    """Bring the sheet along; safe to call again."""
    register_default(FORM)


def take_checks(*, now: dt.datetime) -> int:
    """Keep the scores of finished sheets about partners; return how many are new.

    Sheets count in the order in which they were finished; one that counted already does not again.
    """
    known = PartnerCheck.objects.values("sheet")
    rows = AnswerSheet.objects.complete().filter(questionnaire__key=SERVICE, score__isnull=False)
    rows = rows.exclude(pk__in=known).select_related("author").order_by("completed_at", "pk")
    partners = {row.pk: row for row in Partner.objects.select_related("owner")}
    taken = 0
    for sheet in rows:
        partner = partners.get(int(sheet.subject_id or 0))
        if partner is None or sheet.score is None:
            continue
        note_check(partner=partner, sheet=sheet, score=sheet.score, actor=sheet.author, now=now)
        taken += 1
    return taken


def checks_of(partner: Partner, *, now: dt.datetime) -> list[PartnerCheck]:
    """Return the checks of a partner, the latest first."""
    return list(partner.checks.select_related("actor").order_by("-on", "-pk")[:20])
