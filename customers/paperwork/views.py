"""The file of a purchase: its papers and the transfer to service or property (CUS-71)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.files import hand_out
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import NotAllowedError, RefusedError
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from crm_site.staff.rules.roles import ROLES
from customers.paperwork import choices
from customers.paperwork.filters import TransferFilter
from customers.paperwork.forms import DecisionForm, PaperForm, TransferForm, WithdrawForm
from customers.paperwork.models import FileTransfer, PurchasePaper
from customers.paperwork.selectors import checklists, paper_rules, standing_papers
from customers.paperwork.services import papers, transferring
from customers.paperwork.services.transferring import RECEIVE, SOLD
from customers.purchase.models import Purchase
from customers.purchase.views import get_purchase

VIEW = "customers.view_units"
KEEP = "customers.keep_papers"
PAGE = "customers/paperwork/file.html"
FORM = "customers/paperwork/form.html"
LIST = Listing(
    template="customers/paperwork/transfers.html",
    sorts={"sent": ("-sent_at", "-id")},
    default_sort="sent",
    filter_class=TransferFilter,
)


def file_url(purchase_id: int) -> str:
    """Return the address of the file."""
    return reverse("customers:purchase-file", args=[purchase_id])


@require_safe
@permission_required(VIEW, raise_exception=True)
def purchase_file(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Show the papers of a purchase and its transfers; who opens it stands in the audit trail."""
    purchase, user, now = get_purchase(request, purchase_id), current_user(request), timezone.now()
    papers.note_access(purchase=purchase, actor=user, now=now)
    lists = checklists(purchase, [key for key, _label in choices.CHECKLISTS], now=now)
    transfers = FileTransfer.objects.filter(purchase=purchase).select_related("sender", "receiver")
    context = {
        "purchase": purchase,
        "lists": [(label, lists[key]) for key, label in choices.CHECKLISTS],
        "transfers": transfers.order_by("-sent_at", "-pk"),
        "may_keep": user.has_perm(KEEP),
        "may_send": user.has_perm(KEEP) and purchase.state in SOLD,
    }
    return render_page(request, PAGE, context, partial="file")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required((VIEW, KEEP), raise_exception=True)
@idempotent()
def paper_take(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Note that a paper was handed in."""
    purchase, user, now = get_purchase(request, purchase_id), current_user(request), timezone.now()
    rules, here = paper_rules(now), standing_papers(purchase)
    form = PaperForm(
        request.POST or None,
        request.FILES or None,
        names=[name for name in rules.every() if name not in here],
        megabytes=rules.megabytes,
        initial={"name": request.GET.get("name", "")},
    )

    def save(valid: PaperForm) -> str:
        try:
            papers.take_in(purchase=purchase, actor=user, now=now, **valid.cleaned_data)
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("The paper is in the file."))
        return file_url(purchase.pk)

    context = _form_context(purchase, _("Take a paper in")) | {"has_file": True}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required((VIEW, KEEP), raise_exception=True)
@idempotent()
def paper_withdraw(request: HtmxHttpRequest, purchase_id: int, paper_id: int) -> HttpResponse:
    """Take a paper out of the file, with a reason."""
    purchase, paper = get_purchase(request, purchase_id), _paper(request, purchase_id, paper_id)
    form = WithdrawForm(request.POST or None)

    def save(valid: WithdrawForm) -> str:
        actor, now = current_user(request), timezone.now()
        try:
            papers.withdraw(paper=paper, actor=actor, now=now, **valid.cleaned_data)
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("The paper is taken out."))
        return file_url(purchase.pk)

    context = _form_context(purchase, _("Take %(paper)s out") % {"paper": paper.name})
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required((VIEW, KEEP), raise_exception=True)
def paper_copy(request: HtmxHttpRequest, purchase_id: int, paper_id: int) -> HttpResponse:
    """Hand out the copy of a paper; who took it stands in the audit trail."""
    purchase, paper = get_purchase(request, purchase_id), _paper(request, purchase_id, paper_id)
    if paper.copy is None:
        raise Http404
    papers.note_access(
        purchase=purchase, actor=current_user(request), now=timezone.now(), paper=paper
    )
    return hand_out(paper.copy)


def _paper(request: HtmxHttpRequest, purchase_id: int, paper_id: int) -> PurchasePaper:
    rows = PurchasePaper.objects.visible_to(current_user(request)).select_related("copy")
    row: PurchasePaper | None = rows.filter(purchase=purchase_id, pk=paper_id).first()
    if row is None:
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required((VIEW, KEEP), raise_exception=True)
@idempotent()
def file_send(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Send the file to service or property."""
    purchase, user = get_purchase(request, purchase_id), current_user(request)
    form = TransferForm(request.POST or None, receivers=_receivers(purchase, user))

    def save(valid: TransferForm) -> str:
        try:
            transferring.send_file(
                purchase=purchase, sending=valid.sending(), actor=user, now=timezone.now()
            )
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("The file is sent; the receiver signs for it."))
        return file_url(purchase.pk)

    missing = checklists(purchase, ["file"], now=timezone.now())["file"].missing
    context = _form_context(purchase, _("Send the file")) | {"missing": missing}
    return form_page(request, form=form, template=FORM, save=save, context=context)


def _receivers(purchase: Purchase, user: User) -> Any:
    """Return who works for the project or its region and may receive files."""
    roles = [key for key, role in ROLES.items() if RECEIVE in role.may]
    node = purchase.project.node
    place = Q(node__project_id=node.pk) | Q(node=node) | Q(node=node.region_id)
    people = User.objects.filter(place, is_active=True, role__in=roles).exclude(pk=user.pk)
    return people.select_related("node").order_by("name", "pk")


def _transfer(request: HtmxHttpRequest, transfer_id: int) -> FileTransfer:
    rows = FileTransfer.objects.visible_to(current_user(request))
    row: FileTransfer | None = rows.filter(pk=transfer_id).first()
    if row is None:
        raise Http404
    return row


@require_POST
@permission_required((VIEW, RECEIVE), raise_exception=True)
@idempotent()
def transfer_accept(request: HtmxHttpRequest, transfer_id: int) -> HttpResponse:
    """Sign for the file."""
    row = _transfer(request, transfer_id)
    transferring.accept_file(transfer=row, actor=current_user(request), now=timezone.now())
    messages.success(request, _("You have signed for the file."))
    return go_to(request, file_url(row.purchase_id))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required((VIEW, RECEIVE), raise_exception=True)
@idempotent()
def transfer_refuse(request: HtmxHttpRequest, transfer_id: int) -> HttpResponse:
    """Send the file back, with a reason."""
    row = _transfer(request, transfer_id)
    if row.receiver_id != current_user(request).pk:
        raise NotAllowedError(_("Only the receiver signs for the file."))
    purchase = get_purchase(request, row.purchase_id)
    form = DecisionForm(request.POST or None)

    def save(valid: DecisionForm) -> str:
        actor, now = current_user(request), timezone.now()
        transferring.refuse_file(transfer=row, actor=actor, now=now, **valid.cleaned_data)
        messages.success(request, _("The file goes back."))
        return file_url(row.purchase_id)

    context = _form_context(purchase, _("Send the file back"))
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required((VIEW, KEEP), raise_exception=True)
@idempotent()
def transfer_withdraw(request: HtmxHttpRequest, transfer_id: int) -> HttpResponse:
    """Call a file back that nobody signed for yet."""
    row = _transfer(request, transfer_id)
    transferring.withdraw_file(transfer=row, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The file is called back."))
    return go_to(request, file_url(row.purchase_id))


@require_safe
@permission_required(VIEW, raise_exception=True)
def transfer_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the files on their way and where they went; ``?receiver=me`` those one signs for."""
    rows = FileTransfer.objects.visible_to(current_user(request)).select_related(
        "purchase__unit__building", "purchase__project", "purchase__customer", "sender", "receiver"
    )
    return list_page(request, queryset=rows, listing=LIST)


def _form_context(purchase: Purchase, title: str) -> dict[str, Any]:
    return {"purchase": purchase, "title": title, "cancel_url": file_url(purchase.pk)}
