"""The panel of answers on a ticket, and the page on which one is written (SVC-08)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import form_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from service.knowledge.article_models import Article
from service.knowledge.finding import answers_to
from service.knowledge.services.answering import SameAnswerError, answer_asker, answers_of
from service.tickets.hooks import TicketTab, register_ticket_tab
from service.tickets.models import Ticket

WORK = "service.work_tickets"
PANEL = "service/knowledge/_answers.html"
FORM = "service/knowledge/answer_form.html"


class AskerForm(forms.Form):
    """An answer to whoever asked."""

    article = forms.ModelChoiceField(
        label=gettext_lazy("Article it rests on"),
        queryset=Article.objects.none(),
        required=False,
        help_text=gettext_lazy(
            "Left empty, the question joins the list of those without an answer."
        ),
    )
    text = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    again = forms.BooleanField(
        label=gettext_lazy("I give the same text again on purpose"), required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Article.objects.visible_to(user).offered(timezone.localdate())
        rows = rows.select_related("document").order_by("document__title", "pk")
        self.fields["article"].queryset = rows  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def ticket_reply(request: HtmxHttpRequest, reply_ticket_id: int) -> HttpResponse:
    """Write an answer into a ticket; the same text twice warns first."""
    user, now = current_user(request), timezone.now()
    ticket: Ticket | None = Ticket.objects.visible_to(user).filter(pk=reply_ticket_id).first()
    if ticket is None:
        raise Http404
    near = answers_to(ticket.subject, Article.objects.visible_to(user), now=now)
    form = AskerForm(request.POST or None, user=user, initial=_proposal(near))

    def save(valid: AskerForm) -> str:
        try:
            answer_asker(ticket=ticket, **valid.cleaned_data, actor=user, now=now)
        except SameAnswerError as refusal:
            raise ValidationError({"text": str(refusal)}) from refusal
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("The answer stands in the ticket."))
        return ticket.get_absolute_url()

    context = {
        "title": _("Answer %(number)s") % {"number": ticket.number},
        "lead": ticket.subject,
        "near": near,
        "submit_label": _("Save the answer"),
        "cancel_url": ticket.get_absolute_url(),
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


def panel(request: HttpRequest, ticket: Ticket) -> Mapping[str, Any] | None:
    """Return the answers given in a ticket, None where there are none and none can be given."""
    rows = list(answers_of(ticket)[:50])
    may_answer = ticket.is_open and current_user(request).has_perm(WORK)
    return {"answers": rows, "may_answer": may_answer} if rows or may_answer else None


def register() -> None:
    """Show the panel on every ticket."""
    register_ticket_tab(
        TicketTab("answers", pgettext_lazy("knowledge", "Answers"), 20, PANEL, panel)
    )


def _proposal(near: list[Any]) -> dict[str, Any]:
    """Return the best article with its text as a first draft."""
    if not near:
        return {}
    parts = [one["text"] for one in near[0].version.sections if one["text"]]
    return {"article": near[0].article.pk, "text": "\n".join(parts)}
