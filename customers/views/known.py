"""What is known about a customer: the tabs portrait, wishes and preferences of the record."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, add_toast, go_to
from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers import choices
from customers.errors import EntryError
from customers.journey.tours import tours_seen
from customers.known_forms import IntentForm, PreferenceForm
from customers.models import Customer, IntentRegistration, Preference
from customers.preference_words import offered, words_of
from customers.record_tabs import render_tab
from customers.selectors.intents import read_intents
from customers.selectors.matching import suitable_offers
from customers.selectors.portrait import read_portrait
from customers.services.intents import register_intent
from customers.services.preferences import (
    add_preference,
    lower_preference,
    raise_preference,
    remove_preference,
)
from customers.views.customer_record import get_customer

VIEW = "customers.view_customer"
CHANGE = "customers.change_customer"
STEPS = {"up": raise_preference, "down": lower_preference, "remove": remove_preference}
LARGEST_VERSION = 2_000_000_000


@require_safe
@permission_required(VIEW, raise_exception=True)
def customer_portrait(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show the four blocks of the portrait, each value with source and time (CUS-30)."""
    customer = get_customer(request, customer_id)
    portrait = read_portrait(customer, user=current_user(request), now=timezone.now())
    return render_tab(
        request,
        customer,
        key="portrait",
        template="customers/tabs/portrait.html",
        context={
            "portrait": portrait,
            "tours": tours_seen(customer),
            "blocks": [
                (_("Basics"), portrait.basics),
                (_("Behaviour"), portrait.behaviour),
                (_("Preference"), portrait.preference),
                (_("Lifecycle"), portrait.lifecycle),
            ],
        },
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def customer_intents(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show the registered versions and what changed between two (CUS-33)."""
    return _intents(request, get_customer(request, customer_id))


@require_POST
@permission_required(CHANGE, raise_exception=True)
@idempotent()
def intent_add(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Register a further version; what was registered before stays as it was."""
    customer = get_customer(request, customer_id)
    form = IntentForm(request.POST, request=request)
    if form.is_valid():
        try:
            register_intent(
                customer=customer,
                entry=form.entry(),
                actor=current_user(request),
                now=timezone.now(),
            )
        except EntryError as error:
            form.add_error(None, _on_form(error, form))
    if form.errors:
        return _intents(request, customer, form=form)
    if not request.htmx:
        return go_to(request, reverse("customers:customer-intents", args=[customer.pk]))
    response = _intents(request, get_customer(request, customer_id))
    add_toast(response, _("The wish is registered."))
    return response


def _on_form(error: EntryError, form: Any) -> Any:
    """Return the faults at the fields the form has; others belong to the form as a whole."""
    found: dict[str, list[str]] = {}
    for name, messages in error.messages.items():
        found.setdefault(name if name in form.fields else NON_FIELD_ERRORS, []).extend(messages)
    return ValidationError(found)  # type: ignore[arg-type]


def _intents(
    request: HtmxHttpRequest, customer: Customer, *, form: IntentForm | None = None
) -> HttpResponse:
    page = read_intents(
        customer, older=_number(request.GET.get("from")), newer=_number(request.GET.get("to"))
    )
    may_change = current_user(request).has_perm(CHANGE)
    if form is None and may_change:
        last = page.versions[0] if page.versions else None
        form = IntentForm(request=request, initial=IntentForm.initial_of(last))
    return render_tab(
        request,
        customer,
        key="intents",
        template="customers/tabs/intents.html",
        context={"page": page, "form": form, "may_change": may_change},
        status=422 if form is not None and form.errors else 200,
    )


def _number(text: str | None) -> int | None:
    """Return a version as the query names it; ``None`` for anything else."""
    if not text or not text.isascii() or not text.isdecimal() or len(text) > len("2000000000"):
        return None
    return min(int(text), LARGEST_VERSION)


@require_safe
@permission_required(VIEW, raise_exception=True)
def customer_preferences(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show the ranked wishes and the offers that suit them best (CUS-31)."""
    return _preferences(request, get_customer(request, customer_id))


@require_POST
@permission_required(CHANGE, raise_exception=True)
@idempotent()
def preference_add(request: HtmxHttpRequest, customer_id: int, wish: str) -> HttpResponse:
    """Add a wish behind the others of its kind."""
    customer = get_customer(request, customer_id)
    form = PreferenceForm(request.POST, kind=wish, offered=offered(wish))
    if form.is_valid():
        try:
            add_preference(
                customer=customer,
                kind=wish,
                value=form.wish(),
                actor=current_user(request),
                now=timezone.now(),
            )
        except EntryError as error:
            for messages in error.messages.values():
                form.add_error("own", messages)
    if form.errors:
        return _preferences(request, customer, bound=(wish, form))
    return _preferences_changed(request, customer)


@require_POST
@permission_required(CHANGE, raise_exception=True)
@idempotent()
def preference_step(request: HtmxHttpRequest, customer_id: int, wish: str) -> HttpResponse:
    """Move a wish up or down by one, or take it away."""
    customer = get_customer(request, customer_id)
    step = STEPS.get(request.POST.get("step", ""))
    if step is None:
        return _preferences(request, customer, status=422)
    step(
        customer=customer,
        kind=wish,
        value=request.POST.get("value", ""),
        actor=current_user(request),
        now=timezone.now(),
    )
    return _preferences_changed(request, customer)


def _preferences_changed(request: HtmxHttpRequest, customer: Customer) -> HttpResponse:
    if not request.htmx:
        return go_to(request, reverse("customers:customer-preferences", args=[customer.pk]))
    response = _preferences(request, customer)
    add_toast(response, _("The preferences are saved."))
    return response


def _preferences(
    request: HtmxHttpRequest,
    customer: Customer,
    *,
    bound: tuple[str, PreferenceForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = list(Preference.objects.filter(customer=customer).order_by("kind", "rank"))
    intents = IntentRegistration.objects.filter(customer=customer).order_by("-version")
    lists = []
    for kind, label in choices.PREFERENCE_KINDS:
        words = words_of(kind)
        values = [(row, words.get(row.value, row.value)) for row in rows if row.kind == kind]
        form = PreferenceForm(kind=kind, offered=offered(kind))
        if bound is not None and bound[0] == kind:
            form, status = bound[1], 422
        lists.append({"kind": kind, "label": label, "values": values, "form": form})
    offers = suitable_offers(customer, preferences=rows, intent=intents.first(), now=timezone.now())
    return render_tab(
        request,
        customer,
        key="preferences",
        template="customers/tabs/preferences.html",
        context={
            "lists": lists,
            "offers": offers,
            "may_change": current_user(request).has_perm(CHANGE),
        },
        status=status,
    )
