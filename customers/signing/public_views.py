"""Where a customer confirms through the practice provider: no login, a secret address."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from crm_site.common.display import name_masked
from customers.signing.models import OPEN_STATES, SigningRequest
from customers.signing.provider import PRACTICE, key_of
from customers.signing.services.practice import confirm

ANSWERS = {"sign": True, "decline": False}


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def sign_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is signed and take the customer's answer; 404 for an address nobody was given."""
    row, now = _request(token), timezone.now()
    is_open = row.state in OPEN_STATES and row.expires_at > now
    if request.method == "POST":
        answer = ANSWERS.get(request.POST.get("answer", ""))
        if is_open and answer is not None:
            confirm(request=row, is_signed=answer, now=now)
        return redirect(request.path)
    context = {
        "row": row,
        "purchase": row.purchase,
        "buyer": name_masked(row.purchase.customer.name),
        "is_open": is_open,
    }
    response = render(request, "customers/signing/sign.html", context)
    response["Cache-Control"] = "no-store, private"
    return response


def _request(token: str) -> SigningRequest:
    key = key_of(token)
    rows = SigningRequest.objects.filter(provider=PRACTICE).select_related(
        "purchase__unit__building", "purchase__project", "purchase__customer"
    )
    row: SigningRequest | None = rows.filter(key=key).first() if key else None
    if row is None:
        raise Http404
    return row
