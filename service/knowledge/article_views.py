"""The knowledge base: search, articles, their filing, rating and checks (SVC-09)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.documents.models import DocumentVersion
from crm_site.staff.current import current_user
from service.knowledge.article_filters import ArticleFilter
from service.knowledge.article_forms import ArticleForm, CheckForm, FilingForm
from service.knowledge.article_models import Article, ArticleUse, MissingQuestion
from service.knowledge.choices import DESK
from service.knowledge.finding import answers_to, digests_for, rules_at
from service.knowledge.querysets import VIEW
from service.knowledge.rules.matching import MAX_QUESTION
from service.knowledge.services import articles as services
from service.knowledge.services.missing import note_missing

WRITE = "service.write_knowledge"
MISSING = "service.work_missing"
FORM = "service/knowledge/form.html"
ASKED_LAST = "knowledge_asked"
ARTICLES = Listing(
    template="service/knowledge/articles.html",
    sorts={"used": ("-uses", "-pk"), "latest": ("-updated_at", "-pk")},
    default_sort="used",
    filter_class=ArticleFilter,
)


def get_article(request: HtmxHttpRequest, article_id: int) -> Article:
    """Return the article; 404 where it is missing or its document is not for these eyes."""
    rows = Article.objects.visible_to(current_user(request)).with_version(timezone.localdate())
    found: Article | None = (
        rows.select_related("document__holder", "category").filter(pk=article_id).first()
    )
    if found is None:
        raise Http404
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def article_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the articles one may read with owner, last day, use and rating."""
    user, today = current_user(request), timezone.localdate()
    rows = Article.objects.visible_to(user).with_version(today)
    return list_page(
        request,
        queryset=rows.select_related("document__holder", "category"),
        listing=ARTICLES,
        present=_lines,
        context={"may_write": user.has_perm(WRITE), "may_see_missing": user.has_perm(MISSING)},
    )


@require_http_methods(["GET", "HEAD"])
@permission_required(VIEW, raise_exception=True)
def article_search(request: HtmxHttpRequest) -> HttpResponse:
    """Answer a question from the articles that are in force; one without an answer is kept.

    The same page loaded again is not the question asked again.
    """
    user, now = current_user(request), timezone.now()
    question = request.GET.get("q", "").strip()[:MAX_QUESTION]
    found = answers_to(question, Article.objects.visible_to(user), now=now)
    digests = digests_for(question, user, today=timezone.localdate(now))
    unanswered = bool(question) and not found and not digests
    if unanswered and request.method == "GET" and _is_new(request, question):
        note_missing(question=question, source=DESK, actor=user, now=now)
    context = {
        "question": question,
        "answers": found,
        "digests": digests,
        "may_write": user.has_perm(WRITE),
    }
    return render_page(request, "service/knowledge/search.html", context, partial="found")


@require_safe
@permission_required(VIEW, raise_exception=True)
def article_detail(request: HtmxHttpRequest, article_id: int) -> HttpResponse:
    """Show the text in force, how the article is filed, how it serves and who checked it."""
    article, user, now = get_article(request, article_id), current_user(request), timezone.now()
    versions = article.document.versions
    version = versions.filter(pk=article.version_id).first() if article.version_id else None
    last = versions.defer("text", "tokens").order_by("-number").first()
    limit, today = rules_at(now).check_days, timezone.localdate(now)
    own = ArticleUse.objects.filter(article=article, actor=user).order_by("-at", "-pk").first()
    context = {
        "article": article,
        "version": version,
        "last": last,
        "is_due": version is not None
        and Article.objects.filter(pk=article.pk).to_check(today, days=limit).exists(),
        "checks": article.checks.select_related("actor", "version").order_by("-at", "-pk")[:20],
        "answered": MissingQuestion.objects.filter(article=article).order_by("-asked", "pk")[:20],
        "own": own,
        "may_write": user.has_perm(WRITE),
    }
    return render_page(request, "service/knowledge/article.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WRITE, raise_exception=True)
@idempotent()
def article_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a new article; it is a draft until it is approved."""
    user = current_user(request)
    asked = request.GET.get("q", "")[:120]
    form = ArticleForm(request.POST or None, user=user, question=asked)

    def save(valid: ArticleForm) -> str:
        article = services.write_article(writing=valid.writing(), actor=user, now=timezone.now())
        messages.success(request, _("The draft is saved. Send it for approval when it is ready."))
        return reverse("service:article-detail", args=[article.pk])

    context = {
        "title": _("Write an article"),
        "submit_label": _("Save the draft"),
        "cancel_url": reverse("service:article-list"),
        "draft": "article",
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WRITE, raise_exception=True)
@idempotent()
def article_file(request: HtmxHttpRequest, article_id: int) -> HttpResponse:
    """Change kind of consultation, audience, stage and other ways to ask."""
    article, user = get_article(request, article_id), current_user(request)
    here = reverse("service:article-detail", args=[article.pk])

    def form(data: Any) -> FilingForm:
        row = Article.objects.select_related("category").get(pk=article.pk)
        return FilingForm(data, article=row)

    def save(valid: FilingForm) -> str:
        services.file_article(
            article=article, filing=valid.filing(), actor=user, now=timezone.now()
        )
        messages.success(request, _("Saved."))
        return here

    context = {"title": article.document.title, "submit_label": _("Save"), "cancel_url": here}
    edit = edit_of(article, user)
    return edit_page(request, edit=edit, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def article_check(request: HtmxHttpRequest, article_id: int) -> HttpResponse:
    """Write down whether the text is still right; one that is not is offered to nobody."""
    article, user = get_article(request, article_id), current_user(request)
    here = reverse("service:article-detail", args=[article.pk])
    form = CheckForm(request.POST or None)

    def save(valid: CheckForm) -> str:
        try:
            services.check_article(
                article=article, **valid.cleaned_data, actor=user, now=timezone.now()
            )
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("Thank you. The check is written down."))
        return here

    context = {
        "title": _("Check “%(title)s”") % {"title": article.document.title},
        "submit_label": _("Save"),
        "cancel_url": here,
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required(VIEW, raise_exception=True)
@idempotent()
def article_use(request: HtmxHttpRequest, article_id: int) -> HttpResponse:
    """Count that the article was given as an answer; 409 where it is not in force."""
    article, user, now = get_article(request, article_id), current_user(request), timezone.now()
    version = services.require_offered(article, today=timezone.localdate(now))
    services.note_use([(article, version)], source=DESK, actor=user, now=now)
    messages.success(request, _("Counted. Say below whether it helped."))
    return go_to(request, reverse("service:article-detail", args=[article.pk]))


@require_POST
@permission_required(VIEW, raise_exception=True)
@idempotent()
def article_rate(request: HtmxHttpRequest, article_id: int) -> HttpResponse:
    """Keep whether the answer one gave last helped; one that did not is collected."""
    article, user, now = get_article(request, article_id), current_user(request), timezone.now()
    use = ArticleUse.objects.filter(article=article, actor=user).order_by("-at", "-pk").first()
    if use is None:
        raise RefusedError(_("Use the article first, then say whether it helped."))
    helped = request.POST.get("helped") == "yes"
    services.rate_use(use=use, helped=helped, actor=user)
    if not helped:
        title = article.document.title
        note_missing(question=title, source=DESK, actor=user, now=now, is_marked=True)
    messages.success(request, _("Thank you."))
    return go_to(request, reverse("service:article-detail", args=[article.pk]))


def _lines(rows: list[Any]) -> list[dict[str, Any]]:
    """Return the articles with the last day of the version in force; one statement."""
    keys = [row.version_id for row in rows if row.version_id]
    light = DocumentVersion.objects.defer("text", "tokens", "sections")
    versions = {one.pk: one for one in light.filter(pk__in=keys)}
    return [
        {"article": row, "version": versions.get(row.version_id), "standing": _standing(row)}
        for row in rows
    ]


def _standing(row: Any) -> str:
    if row.version_id is None:
        return "not_in_force"
    return "paused" if row.paused_at else "offered"


def _is_new(request: HtmxHttpRequest, question: str) -> bool:
    """Return whether this browser asked something else last, and remember the question."""
    is_new = bool(request.session.get(ASKED_LAST) != question)
    request.session[ASKED_LAST] = question
    return is_new
