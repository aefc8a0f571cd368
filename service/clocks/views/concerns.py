"""What customers complain about, how often, and what is done about it (SVC-39, SVC-42)."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import UNPROCESSABLE, Listing, form_page, list_page
from crm_site.staff.current import current_user
from service.clocks.filters import ComplaintFilter
from service.clocks.forms import MeasureForm
from service.clocks.selectors import concerns as questions
from service.clocks.selectors.timeliness import Ask
from service.clocks.services.concerns import decide_measure
from service.clocks.views.reports import VIEW, asked
from service.tickets.models import TicketCategory

DECIDE = "service.decide_concerns"
COMPLAINTS = Listing(
    template="service/clocks/complaints.html",
    sorts={"latest": ("-opened_at", "-id")},
    default_sort="latest",
    filter_class=ComplaintFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def analysis(request: HtmxHttpRequest) -> HttpResponse:
    """Show the complaints of a month by class, cause and project, their rate and its trend."""
    user, now = current_user(request), timezone.now()
    form, ask, status = asked(request, now)
    cuts = questions.cuts(user, ask, now)
    rates = questions.rates(user, ask, now)
    this = next((rate for rate in rates if rate.month == ask.month), None)
    before = next((rate for rate in reversed(rates) if rate.month < ask.month), None)
    top = questions.main_concerns(cuts[0].concerns, ask)
    context = {
        "form": form,
        "ask": ask,
        "cuts": cuts,
        "rates": rates,
        "this": this,
        "direction": questions.direction(
            this.per_customers if this else None, before.per_customers if before else None
        ),
        "top": top,
        "open_concerns": sum(1 for each in top if not each.measures),
        "may_decide": user.has_perm(DECIDE),
    }
    return render(request, "service/clocks/analysis.html", context, status=status)


@require_safe
@permission_required(VIEW, raise_exception=True)
def concern_complaints(request: HtmxHttpRequest) -> HttpResponse:
    """Show the complaints that a figure of the analysis counted."""
    user, now = current_user(request), timezone.now()
    _form, ask, status = asked(request, now)
    rows = questions.complaints(user, Ask(ask.month), now)
    if status == UNPROCESSABLE:
        rows = rows.none()
    return list_page(
        request,
        queryset=rows.select_related("project", "category", "cause"),
        listing=COMPLAINTS,
        context={"ask": ask},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DECIDE, raise_exception=True)
@idempotent()
def concern_measure(request: HtmxHttpRequest) -> HttpResponse:
    """Write a measure on a main concern, or the decision that nothing more is done."""
    user, now = current_user(request), timezone.now()
    _form, ask, status = asked(request, now)
    category = _category(request.GET.get("category", ""))
    if status == UNPROCESSABLE:
        raise Http404
    form = MeasureForm(request.POST or None, month=ask.month, user=user)
    here = f"{reverse('service:concern-analysis')}?month={ask.month:%Y-%m}"

    def save(valid: MeasureForm) -> str:
        decide_measure(
            valid.save(commit=False), month=ask.month, category=category, actor=user, now=now
        )
        messages.success(request, _("Written down."))
        return here

    context = {
        "title": _("What is done about %(concern)s") % {"concern": category.name},
        "month": ask.month,
        "submit_label": _("Write down"),
        "cancel_url": here,
        "draft": f"concern-{category.pk}-{ask.month:%Y-%m}",
        "trail": [(here, _("Complaint analysis"))],
    }
    return form_page(
        request, form=form, template="service/clocks/form.html", save=save, context=context
    )


def _category(code: str) -> TicketCategory:
    found = questions.concern_classes().filter(code=code).first()
    if found is None:
        raise Http404
    return found
