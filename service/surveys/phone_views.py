"""The page behind a one-answer link: for anybody who holds it, from a phone (SVC-45, A-10)."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from crm_site.common.addresses import client_ip
from crm_site.common.cache import counters
from service.surveys.errors import TooManyGuessesError
from service.surveys.models import SurveyInvitation
from service.surveys.phone_form import PhoneForm
from service.surveys.rules.links import GUESS_SECONDS, MOST_GUESSES
from service.surveys.services.answering import (
    Asked,
    LinkState,
    answer,
    asked,
    invitation_of,
    state_of,
)

PAGE: Final = "service/surveys/phone.html"
STATUS: Final[Mapping[str, int]] = {"unknown": 404, LinkState.USED: 200, LinkState.OVER: 410}
UNPROCESSABLE: Final = 422


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def survey_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whoever holds the link; what was answered is never shown again.

    Wrong links and answers sent again by a used one count by address; after twenty in ten minutes
    nothing from there is looked up.
    """
    counter = f"survey-guess:{client_ip(request) or 'unknown'}"
    if counters.get(counter, 0) >= MOST_GUESSES:
        raise TooManyGuessesError(_("Too many links that do not exist. Try again in ten minutes."))
    invitation = invitation_of(token)
    if invitation is None:
        _count(counter)
        return _plain(request, "unknown")
    state = state_of(invitation, now=timezone.now())
    if state is not LinkState.OPEN:
        if request.method == "POST":
            _count(counter)
        return _plain(request, state)
    return _ask(request, invitation, token)


def _count(counter: str) -> None:
    counters.add(counter, 0, GUESS_SECONDS)
    counters.incr(counter)


def _ask(request: HttpRequest, invitation: SurveyInvitation, token: str) -> HttpResponse:
    survey = invitation.survey
    what = asked(survey.asked_id)
    form = PhoneForm(what.outline, request.POST if request.method == "POST" else None)
    if form.is_valid():
        answer(invitation=invitation, answers=form.answers, now=timezone.now())
        return redirect("service:survey-answer", token=token)  # says thanks, or that it is over
    context = page_of(what, form) | {
        "until": invitation.expires_at,
        "is_anonymous": survey.of_staff,
    }
    return render(request, PAGE, context, status=UNPROCESSABLE if form.is_bound else 200)


def page_of(what: Asked, form: PhoneForm) -> dict[str, Any]:
    """Return what the page draws."""
    return {"state": "open", "asked": what, "form": form}


def _plain(request: HttpRequest, state: str) -> HttpResponse:
    return render(request, PAGE, {"state": str(state)}, status=STATUS[state])
