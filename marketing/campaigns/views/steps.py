"""The steps of a campaign: approval, launch, end, the loop, the review, publicity."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import edit_page, form_page
from crm_site.staff.current import current_user
from marketing.campaigns.checks import EXECUTABILITY
from marketing.campaigns.forms import AskForm, LoopForm, PlacementForm, ReasonForm, ReviewForm
from marketing.campaigns.models import Campaign, Placement
from marketing.campaigns.page import check_lines
from marketing.campaigns.querysets import KEEP
from marketing.campaigns.services import approving, running
from marketing.campaigns.services.planning import place, remove_placement
from marketing.campaigns.views.common import FORM, found_or_404, get_campaign


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def campaign_ask(request: HtmxHttpRequest, campaign_id: int) -> HttpResponse:
    """Ask for approval; what the executability check refuses needs a reason."""
    row, user = get_campaign(request, campaign_id), current_user(request)
    bound = request.POST if request.method == "POST" else None
    form = AskForm(bound)

    def save(valid: AskForm) -> str:
        reason = valid.cleaned_data["override"]
        approving.ask_approval(campaign=row, override=reason, actor=user, now=timezone.now())
        messages.success(request, _("The approval is asked for."))
        return row.get_absolute_url()

    context = {
        "title": _("Ask for approval: %(name)s") % {"name": row.name},
        "cancel_url": row.get_absolute_url(),
        "submit_label": _("Ask for approval"),
        "against": check_lines(row)[EXECUTABILITY].against,
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def campaign_withdraw(request: HtmxHttpRequest, campaign_id: int) -> HttpResponse:
    """Withdraw the request for approval."""
    row = get_campaign(request, campaign_id)
    approving.take_back(campaign=row, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The request is withdrawn; the campaign can be changed."))
    return go_to(request, row.get_absolute_url())


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def campaign_launch(request: HtmxHttpRequest, campaign_id: int) -> HttpResponse:
    """Start an approved campaign; the four principles and other parts may hold it up."""
    row = get_campaign(request, campaign_id)
    running.launch(campaign=row, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The campaign runs."))
    return go_to(request, row.get_absolute_url())


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def campaign_end(request: HtmxHttpRequest, campaign_id: int) -> HttpResponse:
    """End a running campaign."""
    row = get_campaign(request, campaign_id)
    running.end(campaign=row, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The campaign is over. It is to be reviewed now."))
    return go_to(request, row.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def campaign_stop(request: HtmxHttpRequest, campaign_id: int) -> HttpResponse:
    """Stop a campaign for good, with a reason."""
    row, user = get_campaign(request, campaign_id), current_user(request)
    form = ReasonForm(request.POST or None)

    def save(valid: ReasonForm) -> str:
        reason = valid.cleaned_data["reason"]
        running.stop(campaign=row, reason=reason, actor=user, now=timezone.now())
        return row.get_absolute_url()

    title = _("Stop the campaign: %(name)s") % {"name": row.name}
    return _form(request, row, form, save, title)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def campaign_loop(request: HtmxHttpRequest, campaign_id: int) -> HttpResponse:
    """Note what went out, what customers said or what was adjusted."""
    row, user = get_campaign(request, campaign_id), current_user(request)
    initial = {"at": timezone.localtime(), "kind": request.GET.get("kind", "feedback")}
    form = LoopForm(request.POST or None, campaign=row, initial=initial)

    def save(valid: LoopForm) -> str:
        running.note_loop(campaign=row, item=valid.item(), actor=user, now=timezone.now())
        return f"{row.get_absolute_url()}#loop"

    title = _("Message, feedback or adjustment: %(name)s") % {"name": row.name}
    return _form(request, row, form, save, title)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def campaign_review(request: HtmxHttpRequest, campaign_id: int) -> HttpResponse:
    """Review a campaign that is over; its figures of today are kept with the judgement."""
    row, user = get_campaign(request, campaign_id), current_user(request)
    form = ReviewForm(request.POST or None)

    def save(valid: ReviewForm) -> str:
        running.review(campaign=row, judged=valid.judged(), actor=user, now=timezone.now())
        messages.success(request, _("The campaign is reviewed."))
        return row.get_absolute_url()

    return _form(request, row, form, save, _("Review: %(name)s") % {"name": row.name})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def placement_add(request: HtmxHttpRequest, campaign_id: int) -> HttpResponse:
    """Plan a piece of publicity; ``?medium=`` and ``?phase=`` come from the matrix."""
    row, user = get_campaign(request, campaign_id), current_user(request)
    initial = {name: request.GET[name] for name in ("medium", "phase") if request.GET.get(name)}
    form = PlacementForm(request.POST or None, campaign=row, initial=initial)

    def save(valid: PlacementForm) -> str:
        made = place(campaign=row, draft=valid.draft(), actor=user, now=timezone.now())
        return made.get_absolute_url()

    return _form(request, row, form, save, _("Publicity: %(name)s") % {"name": row.name})


def _get_placement(request: HtmxHttpRequest, key: int) -> Placement:
    rows = Placement.objects.visible_to(current_user(request)).select_related("campaign")
    found: Placement = found_or_404(rows, key)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def placement_edit(request: HtmxHttpRequest, placement_id: int) -> HttpResponse:
    """Change a piece of publicity."""
    row, user = _get_placement(request, placement_id), current_user(request)

    def form(data: Any) -> BaseForm:
        held = _get_placement(request, row.pk)
        return PlacementForm(data, campaign=held.campaign, placement=held)

    def save(valid: PlacementForm) -> str:
        now, draft = timezone.now(), valid.draft()
        made = place(campaign=row.campaign, draft=draft, placement=row, actor=user, now=now)
        return made.get_absolute_url()

    context = {"title": row.title, "cancel_url": row.get_absolute_url()}
    return edit_page(
        request, edit=edit_of(row, user), form=form, template=FORM, save=save, context=context
    )


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def placement_remove(request: HtmxHttpRequest, placement_id: int) -> HttpResponse:
    """Take a piece of publicity out of the plan."""
    row = _get_placement(request, placement_id)
    url = row.campaign.get_absolute_url()
    remove_placement(placement=row, actor=current_user(request), now=timezone.now())
    messages.success(request, _("It is taken out of the plan."))
    return go_to(request, url)


def _form(
    request: HtmxHttpRequest, row: Campaign, form: BaseForm, save: Any, title: str
) -> HttpResponse:
    context = {"title": title, "cancel_url": row.get_absolute_url()}
    return form_page(request, form=form, template=FORM, save=save, context=context)
