"""The desk: the call bar, the screen of a call, the matter written down by keyboard (B6)."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.form_errors import add_errors
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import CONFLICT, UNPROCESSABLE, Listing, list_page
from crm_site.policies.services import in_force
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.models import Customer
from service.desk import queue, selectors
from service.desk.categories import offered
from service.desk.filters import CallFilter
from service.desk.forms import CallerForm, MatterForm, WrapUpForm
from service.desk.hooks import due_of
from service.desk.models import DeskCall, DeskSeat
from service.desk.policies import DESK
from service.desk.querysets import WORK
from service.desk.services import calls
from service.desk.services.events import mode_at
from service.desk.services.seats import set_state
from service.tickets.models import Ticket

LOG = "service.log_ticket"
CALLS = Listing(
    template="service/desk/calls.html",
    sorts={"latest": ("-began_at", "-id")},
    default_sort="latest",
    filter_class=CallFilter,
)


def get_call(request: HtmxHttpRequest, call_id: int) -> DeskCall:
    """Return the call; 404 where it is missing or of another desk."""
    rows = DeskCall.objects.visible_to(current_user(request))
    found: DeskCall | None = rows.select_related("project", "agent").filter(pk=call_id).first()
    if found is None:
        raise Http404
    return found


def bar_of(user: User, now: datetime) -> dict[str, Any]:
    """Return what the call bar shows: the seat, the call one speaks in, the one that rings."""
    live = DeskCall.objects.visible_to(user).live()
    talk = live.filter(agent=user).exclude(state="ringing").order_by("-began_at").first()
    return {
        "seat": DeskSeat.objects.filter(user=user).first(),
        "talk": talk,
        "talk_seconds": _seconds(talk.answered_at or talk.began_at, now) if talk else 0,
        "now_url": reverse("service:desk-now"),
        "mode": mode_at(now).value,
    }


def _seconds(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds()))


@require_safe
@permission_required(WORK, raise_exception=True)
def desk_home(request: HtmxHttpRequest) -> HttpResponse:
    """Show the desk between two calls: the bar, today's calls, what waits."""
    user, now = current_user(request), timezone.now()
    rows = DeskCall.objects.visible_to(user).select_related("ticket")
    mine = list(rows.filter(agent=user).order_by("-began_at", "-pk")[:8])
    items = queue.waiting(user, skills=None, now=now)
    context = bar_of(user, now) | selectors.waiting_counts(user)
    context |= {"calls": with_customers(mine, user), "items": items[:6], "now": now}
    context["figures"] = queue.figures(user, now=now)
    return render(request, "service/desk/home.html", context)


def with_customers(calls: list[DeskCall], user: User) -> list[dict[str, Any]]:
    """Return each call with the customer and the number as ``user`` may see them."""
    keys = {call.customer_id for call in calls if call.customer_id}
    mine = Customer.objects.visible_to(user).filter(pk__in=keys).in_bulk() if keys else {}
    return [
        {
            "call": call,
            "customer": mine.get(call.customer_id),
            "number": selectors.shown_number(call, user, mine.get(call.customer_id)),
        }
        for call in calls
    ]


@require_safe
@permission_required(WORK, raise_exception=True)
def desk_now(request: HtmxHttpRequest) -> HttpResponse:
    """Answer what rings and what is spoken now; asked by the script several times a second."""
    user, now = current_user(request), timezone.now()
    ring, talk = selectors.live_calls(user)
    said: dict[str, Any] = {"ring": None, "talk": None}
    if ring is not None:
        customer = selectors.visible_customer(ring, user)
        number = selectors.shown_number(ring, user, customer)
        who = customer.name if customer else _who(ring, user)
        said["ring"] = {
            "id": ring.pk,
            "who": who,
            "number": number,
            "said": _said(ring, f"{who} {number}"),
            "press": _open_word(ring),
            "accept": reverse("service:call-accept", args=[ring.pk]),
        }
    if talk is not None:
        seconds = _seconds(talk.answered_at or talk.began_at, now)
        url = reverse("service:call-detail", args=[talk.pk])
        state = talk.get_state_display()
        said["talk"] = {"id": talk.pk, "seconds": seconds, "url": url, "state": state}
    response = JsonResponse(said)
    response["Cache-Control"] = "no-store, private"
    return response


def _who(call: DeskCall, user: User) -> str:
    """Return the names of a family behind one number; else that nobody is known."""
    names = [match.customer.name for match in selectors.matches_of(call, user).rows]
    return " / ".join(names) or _("Unknown number")


def _said(call: DeskCall, who: str) -> str:
    if call.state == "ringing":
        return _("Call from %(who)s, press F8 to accept") % {"who": who}
    return _("You speak with %(who)s, press F8 to open the call") % {"who": who}


def _open_word(call: DeskCall) -> str:
    return pgettext("call", "Accept") if call.state == "ringing" else _("Open the call")


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def call_accept(request: HtmxHttpRequest, call_id: int) -> HttpResponse:
    """Take a call and go to its screen."""
    call = get_call(request, call_id)
    calls.accept_call(call=call, actor=current_user(request), now=timezone.now())
    return redirect("service:call-detail", call_id=call.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def call_detail(request: HtmxHttpRequest, call_id: int) -> HttpResponse:
    """Show everything about the caller beside the form; POST writes the matter down."""
    call, user, now = get_call(request, call_id), current_user(request), timezone.now()
    if request.method == "POST" and not user.has_perm(LOG):
        raise Http404
    customer = selectors.visible_customer(call, user)
    around = selectors.around_customer(customer, call=call, user=user, now=now) if customer else {}
    grade = getattr(getattr(customer, "grading", None), "grade", "") or ""
    options = offered(grade)
    form = MatterForm(
        request.POST or None,
        options=options,
        homes=around.get("homes", []),
        user=user,
        initial=_initial(call, around),
    )
    context = bar_of(user, now) | around
    context |= {"call": call, "customer": customer, "form": form, "options": options}
    context["may_log"] = user.has_perm(LOG)
    if form.is_bound and form.is_valid():
        matter, like = _matter(form, user), None
        if not form.cleaned_data["join"]:
            like = calls.open_like(matter, customer, user=user)
        if like is None:
            ticket = calls.write_matter(call=call, matter=matter, actor=user, now=now)
            messages.success(request, _saved_words(ticket, now))
            return go_to(request, reverse("service:desk"))
        context["like"] = like
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    status = CONFLICT if context.get("like") else status
    return render(
        request, "service/desk/call.html", context | _sides(call, user, now), status=status
    )


def _sides(call: DeskCall, user: User, now: datetime) -> dict[str, Any]:
    """Return who the number may be, the snippets, and the forms beside the matter."""
    customer = selectors.visible_customer(call, user)
    return {
        "matches": selectors.matches_of(call, user),
        "number": selectors.shown_number(call, user, customer),
        "snippets": in_force(DESK, at=now).value.snippets,
        "caller_form": CallerForm(user=user, initial={"project": call.project_id}),
        "may_add": user.has_perm("customers.add_customer"),
    }


def _initial(call: DeskCall, around: dict[str, Any]) -> dict[str, Any]:
    homes = around.get("homes", [])
    own = homes[0].purchase if len(homes) == 1 else None
    project = own.project_id if own else call.project_id
    return {"unit": own.unit_id if own else None, "project": project, "severity": "normal"}


def _matter(form: MatterForm, user: User) -> calls.Matter:
    data = form.cleaned_data
    return calls.Matter(
        option=data["category"],
        summary=data["summary"],
        severity=data["severity"] or data["category"].severity,
        project=data["unit"].project if data["unit"] else data["project"],
        unit=data["unit"],
        join=_joined(data["join"], user),
    )


def _joined(join: str, user: User) -> Ticket | None:
    """Return the ticket to note the matter on; None for a new one. 409 where it was closed."""
    if join in ("", "new"):
        return None
    known = join.isascii() and join.isdigit() and len(join) <= 18
    found = Ticket.objects.visible_to(user).filter(pk=int(join)).first() if known else None
    if found is None:
        raise Http404
    return found


def _saved_words(ticket: Ticket, now: datetime) -> str:
    due = due_of(ticket)
    if due is None:
        return _("%(number)s is written down.") % {"number": ticket.number}
    local = timezone.localtime(due)
    is_today = local.date() == timezone.localtime(now).date()
    when = local.strftime("%H:%M") if is_today else date_format(local, "Y-m-d H:i")
    words = _("%(number)s is written down, due %(when)s.")
    return words % {"number": ticket.number, "when": when}


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def call_choose(request: HtmxHttpRequest, call_id: int) -> HttpResponse:
    """Say which of those behind the number is calling."""
    call, user = get_call(request, call_id), current_user(request)
    key = request.POST.get("customer", "")
    known = key.isascii() and key.isdigit() and len(key) <= 18
    customer = Customer.objects.visible_to(user).filter(pk=int(key)).first() if known else None
    if customer is None:
        raise Http404
    calls.name_caller(call=call, customer=customer, actor=user, now=timezone.now())
    return redirect("service:call-detail", call_id=call.pk)


@require_POST
@permission_required("customers.add_customer", raise_exception=True)
@permission_required(WORK, raise_exception=True)
@idempotent()
def call_caller(request: HtmxHttpRequest, call_id: int) -> HttpResponse:
    """Write the caller down as a new customer, with the number of the call."""
    call, user, now = get_call(request, call_id), current_user(request), timezone.now()
    form = CallerForm(request.POST, user=user)
    if form.is_valid():
        try:
            calls.register_caller(call=call, **form.cleaned_data, actor=user, now=now)
            return go_to(request, reverse("service:call-detail", args=[call.pk]))
        except ValidationError as error:
            add_errors(form, error)
    context = {"form": form, "call": call, "number": selectors.shown_number(call, user, None)}
    return render(request, "service/desk/caller.html", context, status=UNPROCESSABLE)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def call_wrap(request: HtmxHttpRequest, call_id: int) -> HttpResponse:
    """Note the outcome of a call, what was said, and when somebody calls back."""
    call, user, now = get_call(request, call_id), current_user(request), timezone.now()
    initial = {"disposition": call.disposition, "note": call.note}
    form = WrapUpForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            said = calls.WrapUp(**form.cleaned_data)
            calls.wrap_up(call=call, said=said, actor=user, now=now)
            messages.success(request, _("The call is noted."))
            return go_to(request, reverse("service:desk"))
        except ValidationError as error:
            add_errors(form, error)
    status = UNPROCESSABLE if form.is_bound else 200
    context = bar_of(user, now) | {"form": form, "call": call}
    return render(request, "service/desk/wrap.html", context, status=status)


@require_safe
@permission_required(WORK, raise_exception=True)
def call_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the calls of one's desk, latest first."""
    user, now = current_user(request), timezone.now()
    rows = DeskCall.objects.visible_to(user).select_related("agent", "project", "ticket")
    return list_page(
        request,
        queryset=rows,
        listing=CALLS,
        context=bar_of(user, now),
        present=lambda page: with_customers(page, user),
    )


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def seat_state(request: HtmxHttpRequest) -> HttpResponse:
    """Say whether one can take calls, and stay on the page one works on (SVC-11)."""
    set_state(user=current_user(request), state=request.POST.get("state", ""), now=timezone.now())
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return redirect(wanted)
    return redirect("service:desk")
