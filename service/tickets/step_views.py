"""The steps of a ticket, and what hangs on it: transfers, sub-tasks, directives, files."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import as_seen
from crm_site.common.files import hand_out
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import form_page
from crm_site.staff.current import current_user
from service.tickets import step_forms as forms
from service.tickets.models import TicketDirective, TicketPaper, TicketTask, TicketTransfer
from service.tickets.services import directing, giving, papers, transferring
from service.tickets.step_table import STEPS
from service.tickets.views import FORM, VIEW, WORK, about, as_form_error, get_ticket, url_of

DIRECT = "service.direct_tickets"


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def take_step(request: HtmxHttpRequest, ticket_id: int, ticket_step: str) -> HttpResponse:
    """Take a step with a ticket; refused where it is elsewhere by now, with the words kept."""
    ticket, user = get_ticket(request, ticket_id), current_user(request)
    found = STEPS.get(ticket_step)
    if found is None:
        raise Http404
    if not user.has_perm(found.right):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form = found.form(data, ticket=ticket, user=user)

    def save(valid: Any) -> str:
        def act() -> object:
            with as_seen(request, ticket, "state"):
                return found.run(valid, ticket, user, timezone.now())

        as_form_error(act)
        ticket.refresh_from_db(fields=["state"])
        state = ticket.get_state_display()
        messages.success(request, _("Done. The ticket is now: %(state)s.") % {"state": state})
        return url_of(ticket)

    context = about(ticket, str(found.label), str(found.label)) | {"seen": ticket.state}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def ticket_transfer(request: HtmxHttpRequest, ticket_id: int) -> HttpResponse:
    """Offer a ticket to somebody; it stays where it is until accepted (SVC-03)."""
    ticket, user = get_ticket(request, ticket_id), current_user(request)
    form = forms.TransferForm(request.POST or None, ticket=ticket, user=user)

    def save(valid: forms.TransferForm) -> str:
        found = valid.cleaned_data
        as_form_error(
            lambda: transferring.ask_transfer(ticket, **found, actor=user, now=timezone.now())
        )
        name = found["taker"].name
        messages.success(
            request,
            _("Offered to %(name)s. Until it is accepted, nothing changes.") % {"name": name},
        )
        return url_of(ticket)

    context = about(ticket, pgettext("ticket", "Hand over"), pgettext("ticket", "Offer"))
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def transfer_answer(request: HtmxHttpRequest, ticket_transfer_id: int) -> HttpResponse:
    """Accept or refuse an offer, or take it back."""
    user, now = current_user(request), timezone.now()
    transfer = _offered(request, ticket_transfer_id)
    answer = request.POST.get("answer", "")
    if answer == "withdraw":
        _require_party(transfer, user)
        transferring.withdraw_transfer(transfer, actor=user, now=now)
        messages.success(request, _("The offer is taken back."))
        return go_to(request, url_of(transfer.ticket))
    if answer not in {"accept", "refuse"}:
        raise Http404
    transferring.answer_transfer(
        transfer,
        accepts=answer == "accept",
        note=request.POST.get("note", ""),
        actor=user,
        now=now,
    )
    said = _("The ticket is yours.") if answer == "accept" else _("The offer is refused.")
    messages.success(request, said)
    return go_to(request, url_of(transfer.ticket))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def ticket_task(request: HtmxHttpRequest, ticket_id: int) -> HttpResponse:
    """Give a department a sub-task (SVC-33)."""
    ticket, user = get_ticket(request, ticket_id), current_user(request)
    form = forms.TaskForm(request.POST or None, ticket=ticket, user=user)

    def save(valid: forms.TaskForm) -> str:
        as_form_error(
            lambda: giving.give_task(ticket, plan=valid.plan(), actor=user, now=timezone.now())
        )
        messages.success(request, _("The sub-task is given."))
        return url_of(ticket)

    context = about(ticket, _("Give a sub-task"), _("Give"))
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def task_end(request: HtmxHttpRequest, ticket_task_id: int) -> HttpResponse:
    """Note what came of a sub-task: by its owner, or by who handles tickets."""
    user = current_user(request)
    rows = TicketTask.objects.visible_to(user).select_related("ticket")
    if not user.has_perm(WORK):
        rows = rows.filter(owner=user)
    task = rows.filter(pk=ticket_task_id).first()
    if task is None:
        raise Http404
    form = forms.ResultForm(request.POST or None)

    def save(valid: forms.ResultForm) -> str:
        found = valid.cleaned_data
        as_form_error(
            lambda: giving.end_task(
                task,
                result=found["result"],
                is_done=not found["is_dropped"],
                actor=user,
                now=timezone.now(),
            )
        )
        messages.success(request, _("The sub-task is ended."))
        return url_of(task.ticket)

    context = about(task.ticket, task.title, _("Save"))
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DIRECT, raise_exception=True)
@idempotent()
def ticket_direct(request: HtmxHttpRequest, ticket_id: int) -> HttpResponse:
    """Write a directive on a ticket (SVC-34)."""
    ticket, user = get_ticket(request, ticket_id), current_user(request)
    form = forms.DirectForm(request.POST or None, ticket=ticket, user=user)

    def save(valid: forms.DirectForm) -> str:
        as_form_error(
            lambda: directing.direct(ticket, **valid.cleaned_data, actor=user, now=timezone.now())
        )
        messages.success(request, _("The directive is written; it must be answered."))
        return url_of(ticket)

    context = about(ticket, _("Write a directive"), _("Direct"))
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def directive_answer(request: HtmxHttpRequest, ticket_directive_id: int) -> HttpResponse:
    """Answer a directive of head office."""
    user = current_user(request)
    rows = TicketDirective.objects.visible_to(user).select_related("ticket")
    directive = rows.filter(pk=ticket_directive_id).first()
    if directive is None:
        raise Http404
    form = forms.DirectiveAnswerForm(request.POST or None)

    def save(valid: forms.DirectiveAnswerForm) -> str:
        answer = valid.cleaned_data["answer"]
        as_form_error(
            lambda: directing.answer_directive(
                directive, answer=answer, actor=user, now=timezone.now()
            )
        )
        messages.success(request, _("The directive is answered."))
        return url_of(directive.ticket)

    context = about(directive.ticket, _("Answer the directive"), _("Answer"))
    context["quote"] = directive.text
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def ticket_paper_add(request: HtmxHttpRequest, ticket_id: int) -> HttpResponse:
    """Attach a file to a ticket."""
    ticket, user = get_ticket(request, ticket_id), current_user(request)
    form = forms.PaperForm(request.POST or None, request.FILES or None, ticket=ticket, user=user)

    def save(valid: forms.PaperForm) -> str:
        found = valid.cleaned_data
        as_form_error(
            lambda: papers.attach(
                ticket, taken=found["file"], label=found["label"], actor=user, now=timezone.now()
            )
        )
        messages.success(request, _("The file is attached."))
        return url_of(ticket)

    context = about(ticket, _("Attach a file"), _("Attach")) | {"is_upload": True}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def ticket_paper(request: HtmxHttpRequest, ticket_paper_id: int) -> HttpResponse:
    """Hand a file of a ticket out to be saved."""
    paper = TicketPaper.objects.visible_to(current_user(request)).filter(pk=ticket_paper_id).first()
    if paper is None:
        raise Http404
    return hand_out(paper)


def _offered(request: HtmxHttpRequest, pk: int) -> TicketTransfer:
    """Return an offer on a ticket one sees, or one made to oneself; 404 otherwise."""
    user = current_user(request)
    rows = TicketTransfer.objects.select_related("ticket__project__node")
    seen = TicketTransfer.objects.visible_to(user).values("pk")
    found = rows.filter(pk=pk, pk__in=seen).first() or rows.filter(pk=pk, taker=user).first()
    if found is None:
        raise Http404
    return found


def _require_party(transfer: TicketTransfer, user: Any) -> None:
    """Only who asked, who would be relieved, or a lead takes an offer back."""
    parties = {transfer.asked_by_id, transfer.giver_id}
    if user.pk not in parties and not user.has_perm("service.lead_tickets"):
        raise PermissionDenied
