"""The public help page: answers day and night, a person on request, following a matter (SVC-12).

Nobody signs in here. Only public articles in force are shown, and of a matter only what its own
secret opens.
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.idempotency import idempotent
from crm_site.common.refusals import RefusedError
from crm_site.documents.models import DocumentVersion
from service.knowledge.article_models import Article
from service.knowledge.finding import asked_most
from service.knowledge.help_forms import PersonForm, QuestionForm, TrackForm
from service.knowledge.help_models import HelpTalk, HelpTurn
from service.knowledge.limits import spend
from service.knowledge.services import handing, talking

TALK, OPENED = "help_talk", "help_opened"
UNPROCESSABLE = 422
SHOWN_TURNS = 10


@require_safe
@login_not_required
@never_cache
def help_page(request: HttpRequest) -> HttpResponse:
    """Show the field for a question, what was asked so far, and what others ask most."""
    return _page(request, QuestionForm())


@require_POST
@login_not_required
@never_cache
@idempotent()
def help_ask(request: HttpRequest) -> HttpResponse:
    """Answer a question from the published articles; 429 for an address that asks too often."""
    spend(request, "ask")
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=UNPROCESSABLE)
    now = timezone.now()
    talk = _talk(request) or _new_talk(request)
    try:
        turn, _found = talking.ask(talk=talk, question=form.cleaned_data["question"], now=now)
    except RefusedError as refusal:
        form.add_error("question", str(refusal))
        return _page(request, form, status=UNPROCESSABLE)
    return redirect(f"{reverse('service:help')}#turn-{turn.number}")


@require_POST
@login_not_required
@never_cache
@idempotent()
def help_rate(request: HttpRequest) -> HttpResponse:
    """Keep whether the answers to a question of one's own talk helped."""
    spend(request, "rate")
    talk, number = _talk(request), request.POST.get("turn", "")
    if talk is None or not (number.isascii() and number.isdecimal() and len(number) < 4):
        raise Http404
    turn = HelpTurn.objects.filter(talk=talk, number=int(number)).first()
    if turn is None:
        raise Http404
    helped = request.POST.get("helped") == "yes"
    talking.rate_turn(turn=turn, helped=helped, now=timezone.now())
    return redirect(f"{reverse('service:help')}#turn-{turn.number}")


@require_safe
@login_not_required
@never_cache
def help_article(request: HttpRequest, help_article_id: int) -> HttpResponse:
    """Show a public article in force; 404 for every other one."""
    rows = Article.objects.public().offered(timezone.localdate())
    article = rows.select_related("document").filter(pk=help_article_id).first()
    if article is None or article.version_id is None:
        raise Http404
    version = DocumentVersion.objects.get(pk=article.version_id)
    context = {"article": article, "version": version}
    return render(request, "service/knowledge/help_article.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
@idempotent()
def help_person(request: HttpRequest) -> HttpResponse:
    """Hand the talk over to a person: a ticket with all that was said."""
    now = timezone.now()
    talk = _talk(request)
    form = PersonForm(request.POST or None, initial={"message": _last_question(talk)})
    if form.is_bound:
        spend(request, "person")
    if form.is_bound and form.is_valid():
        talk = talk or _new_talk(request)
        try:
            case, code = handing.ask_for_person(talk=talk, visitor=form.visitor(), now=now)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            request.session[OPENED] = [case.ticket.number, code]
            request.session.pop(TALK, None)
            return redirect("service:help-opened")
    context = {"form": form, "promise": handing.promise_at(now), "talk": talk}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "service/knowledge/help_person.html", context, status=status)


@require_safe
@login_not_required
@never_cache
def help_opened(request: HttpRequest) -> HttpResponse:
    """Show number and tracking code of the matter just opened, and when somebody gets in touch."""
    number, code = request.session.get(OPENED, ["", ""])
    case = handing.followed(number, code) if number else None
    if case is None:
        return redirect("service:help")
    context = {"case": case, "code": code}
    return render(request, "service/knowledge/help_opened.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
@idempotent()
def help_track(request: HttpRequest) -> HttpResponse:
    """Show how a matter stands to whoever has its number and code, customer or not (SVC-18)."""
    form, case = TrackForm(request.POST or None), None
    if form.is_bound:
        spend(request, "track")
    if form.is_bound and form.is_valid():
        case = handing.followed(**form.cleaned_data)
        if case is None:
            form.add_error(None, _("No matter has this number and code. Check both."))
    status = UNPROCESSABLE if form.is_bound and case is None else 200
    context = {"form": form, "case": case}
    return render(request, "service/knowledge/help_track.html", context, status=status)


def _page(request: HttpRequest, form: QuestionForm, status: int = 200) -> HttpResponse:
    now, talk = timezone.now(), _talk(request)
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    today = timezone.localdate(now)
    context = {
        "form": form,
        "turns": _turns(talk),
        "most": asked_most(Article.objects.public(), language=language, today=today),
        "promise": handing.promise_at(now),
    }
    return render(request, "service/knowledge/help.html", context, status=status)


def _turns(talk: HelpTalk | None) -> list[dict[str, Any]]:
    """Return the last questions of the talk, each with the answers that are still offered."""
    if talk is None:
        return []
    rows = talk.turns.order_by("-number").prefetch_related("answers__version", "answers__article")[
        :SHOWN_TURNS
    ]
    offered = Article.objects.public().offered(timezone.localdate())
    turns = list(rows)
    keys = [answer.article_id for turn in turns for answer in turn.answers.all()]
    standing = set(offered.filter(pk__in=keys).values_list("pk", flat=True))
    return [
        {
            "turn": turn,
            "answers": [
                one
                for one in sorted(turn.answers.all(), key=lambda answer: answer.place)
                if one.article_id in standing
            ],
        }
        for turn in turns
    ]


def _talk(request: HttpRequest) -> HelpTalk | None:
    key = request.session.get(TALK)
    rows = HelpTalk.objects.without_case()
    return rows.filter(key=key).first() if key else None


def _new_talk(request: HttpRequest) -> HelpTalk:
    language = get_language() or "zh-hans"
    talk = talking.begin_talk(language=language, now=timezone.now())
    request.session[TALK] = str(talk.key)
    return talk


def _last_question(talk: HelpTalk | None) -> str:
    last = talk.turns.order_by("-number").first() if talk else None
    return last.question if last else ""
