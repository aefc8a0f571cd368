"""Commitment letters: issuing, the PDF, both signatures."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from customers.pricing.filters import LetterFilter
from customers.pricing.forms import LetterForm
from customers.pricing.models import PriceLetter
from customers.pricing.rules import LetterState
from customers.pricing.selectors import price_at
from customers.pricing.services import letters
from customers.property.views import VIEW, get_unit
from customers.purchase.rules import SELL

FORM = "customers/pricing/form.html"
COUNTERSIGN = "customers.sign_discount"
LIST = Listing(
    template="customers/pricing/letters.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=LetterFilter,
)


def visible_letters(request: HtmxHttpRequest) -> Any:
    """Return the letters to customers the user may see, without their documents."""
    rows = PriceLetter.objects.visible_to(current_user(request)).defer("document")
    return rows.select_related("unit__building", "customer", "project", "issued_by")


def get_letter(request: HtmxHttpRequest, letter_id: int) -> PriceLetter:
    """Return the letter; 404 where it is missing or its customer not for this user's eyes."""
    found: PriceLetter | None = visible_letters(request).filter(pk=letter_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def letter_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the letters to the customers one may see (MKT-50)."""
    return list_page(request, queryset=visible_letters(request), listing=LIST)


@require_safe
@permission_required(VIEW, raise_exception=True)
def letter_detail(request: HtmxHttpRequest, letter_id: int) -> HttpResponse:
    """Show one letter: what it promises, who signed, whether it was broken."""
    letter, user = get_letter(request, letter_id), current_user(request)
    open_ = letter.valid_until > timezone.now()
    may_countersign = user.has_perm(COUNTERSIGN) and letter.issued_by_id != user.pk
    context = {
        "letter": letter,
        "breaches": letter.breaches.select_related("price_list__project", "task"),
        "may_sign": open_ and letter.state == LetterState.ISSUED and user.has_perm(SELL),
        "may_countersign": open_ and letter.state == LetterState.SIGNED and may_countersign,
    }
    return render(request, "customers/pricing/letter.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SELL, raise_exception=True)
@idempotent()
def letter_add(request: HtmxHttpRequest, unit_id: int) -> HttpResponse:
    """Promise the price of a unit to a customer."""
    unit, user = get_unit(request, unit_id), current_user(request)
    initial = {
        "customer": request.GET.get("customer", ""),
        "remedy": _("the difference in price, paid back in cash"),
    }
    form = LetterForm(request.POST or None, user=user, initial=initial)

    def save(valid: LetterForm) -> str:
        data = valid.cleaned_data
        try:
            made = letters.issue_letter(
                unit=unit,
                customer=data["customer"],
                promise=letters.Promise(days=data["days"], remedy=data["remedy"]),
                actor=user,
                now=timezone.now(),
            )
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("Letter %(number)s is issued.") % {"number": made.number})
        return reverse("customers:price-letter-detail", args=[made.pk])

    context = {
        "title": _("Promise the price of %(unit)s") % {"unit": unit},
        "submit_label": _("Issue the letter"),
        "cancel_url": reverse("customers:unit-detail", args=[unit.pk]),
        "draft": f"letter-{unit.pk}",
        "price": price_at(unit, at=timezone.now()),
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def letter_document(request: HtmxHttpRequest, letter_id: int) -> HttpResponse:
    """Send the PDF as it was issued."""
    letter = get_letter(request, letter_id)
    answer = HttpResponse(bytes(letter.document), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{letter.number}.pdf"'
    return answer


@require_POST
@permission_required(SELL, raise_exception=True)
@idempotent()
def letter_sign(request: HtmxHttpRequest, letter_id: int) -> HttpResponse:
    """Note the customer's signature."""
    letter = get_letter(request, letter_id)
    letters.sign_letter(letter=letter, actor=current_user(request), now=timezone.now())
    messages.success(request, _("Signed by the customer."))
    return go_to(request, reverse("customers:price-letter-detail", args=[letter.pk]))


@require_POST
@permission_required(COUNTERSIGN, raise_exception=True)
@idempotent()
def letter_countersign(request: HtmxHttpRequest, letter_id: int) -> HttpResponse:
    """Sign for the company."""
    letter = get_letter(request, letter_id)
    letters.countersign_letter(letter=letter, actor=current_user(request), now=timezone.now())
    messages.success(request, _("Signed by both."))
    return go_to(request, reverse("customers:price-letter-detail", args=[letter.pk]))
