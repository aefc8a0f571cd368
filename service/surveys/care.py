"""Care for somebody who is not content: one ticket for one answer (SVC-35, SVC-45)."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from service.surveys.models import SurveyResponse
from service.tickets.drafts import TicketDraft
from service.tickets.services.opening import open_ticket

SOURCE: Final = "survey"


def open_care(response: SurveyResponse, *, words: str, now: datetime) -> None:
    """Open the care ticket of a low answer in its transaction and note it on the answer.

    ``words`` is what the customer wrote; whoever calls reads it first.

    Without a project nobody could be responsible: then the answer alone is marked as low. The same
    answer never opens two.
    """
    if response.project is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Not satisfied: %(survey)s") % {"survey": response.survey.title}
        body = "\n\n".join(one for one in (words, _said(response)) if one)
    draft = TicketDraft(
        kind="care",
        project=response.project,
        subject=subject,
        body=body,
        customer=response.customer,
        channel="survey",
        source=SOURCE,
        source_id=str(response.pk),
        stage=response.stage or "after_sale",
        occurred_on=timezone.localdate(now),
        is_proactive=True,
    )
    ticket = open_ticket(draft, actor=None, now=now)
    response.ticket = ticket
    response.save(update_fields=["ticket"])


def _said(response: SurveyResponse) -> str:
    parts = []
    if response.rating is not None:
        parts.append(_("Satisfaction %(n)s of 10.") % {"n": response.rating.normalize()})
    if response.recommends is not None:
        parts.append(_("Recommendation %(n)s of 10.") % {"n": response.recommends})
    return " ".join([*parts, _("Call the customer and ask what would help.")])
