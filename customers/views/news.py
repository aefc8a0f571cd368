"""News: write, publish, withdraw, and the lists of customers not yet told (CUS-45)."""

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

from crm_site.common.edits import edit_of
from crm_site.common.form_errors import add_errors
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page, read_page
from crm_site.staff.current import current_user
from customers import choices
from customers.contact_forms import NewsForm, ToldForm
from customers.models import NewsItem, NewsTelling
from customers.selectors.news import counts_by_owner, list_for, matched, not_told
from customers.services.news import mark_read, mark_told, publish_news, withdraw_news, write_news
from customers.views.customer_record import get_customer

VIEW = "customers.view_customer"
EDIT = "customers.edit_templates"
LOG = "customers.log_interaction"
FORM = "customers/news_form.html"
LISTING = Listing(
    template="customers/news_list.html", sorts={"latest": ("pk",)}, default_sort="-latest"
)
NOT_TOLD = Listing(
    template="customers/news_not_told.html", sorts={"name": ("sort_key",)}, default_sort="name"
)
LATEST = 50


def _news(request: HtmxHttpRequest, news_id: int) -> NewsItem:
    rows = NewsItem.objects.visible_to(current_user(request)).select_related("project", "author")
    found: NewsItem | None = rows.filter(pk=news_id).first()
    if found is None:
        raise Http404
    return found


def _at(news: NewsItem, page: str = "news-detail") -> str:
    return reverse(f"customers:{page}", args=[news.pk])


@require_safe
@permission_required(VIEW, raise_exception=True)
def news_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the news of one's projects, latest first; drafts only for those who write."""
    rows = NewsItem.objects.visible_to(current_user(request)).select_related("project", "author")
    context = {"may_edit": request.user.has_perm(EDIT)}
    return list_page(request, queryset=rows, listing=LISTING, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def news_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a draft."""
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def news_edit(request: HtmxHttpRequest, news_id: int) -> HttpResponse:
    """Change a draft; published news can be withdrawn only."""
    return _form(request, _news(request, news_id))


def _form(request: HtmxHttpRequest, news: NewsItem | None) -> HttpResponse:
    def form(data: Any) -> NewsForm:
        initial: dict[str, Any] = {}
        if news is not None:
            initial = {"title": news.title, "body": news.body, "project": news.project_id}
            initial |= news.audience
        return NewsForm(data, request=request, initial=initial)

    def save(valid: NewsForm) -> str:
        entry, actor = valid.entry(), current_user(request)
        return _at(write_news(entry=entry, actor=actor, now=timezone.now(), news=news))

    context = {"title": _("Edit news") if news else _("Write news"), "news": news}
    if news is None:
        new = form(request.POST if request.method == "POST" else None)
        return form_page(request, form=new, template=FORM, save=save, context=context)
    edit = edit_of(news, current_user(request))
    return edit_page(request, edit=edit, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def news_detail(request: HtmxHttpRequest, news_id: int) -> HttpResponse:
    """Show a piece of news, whom it concerns, who was told and who has read it."""
    news, user, now = _news(request, news_id), current_user(request), timezone.now()
    tellings = NewsTelling.objects.visible_to(user).filter(news=news)
    context = {
        "news": news,
        "audience": _audience(news),
        "matched": list_for(matched(news, now=now), user).count(),
        "not_told": list_for(not_told(news, now=now), user).count(),
        "told": tellings.count(),
        "read": tellings.filter(read_at__isnull=False).count(),
        "tellings": tellings.select_related("customer", "actor").order_by("-pk")[:LATEST],
        "may_edit": user.has_perm(EDIT),
        "may_log": user.has_perm(LOG),
    }
    return render(request, "customers/news_detail.html", context)


def _audience(news: NewsItem) -> str:
    words = {
        "classes": dict(choices.CUSTOMER_CLASSES),
        "stages": dict(choices.BUYING_STAGES),
        "layouts": {},
    }
    parts = [
        str(words[axis].get(value, value))
        for axis in words
        for value in news.audience.get(axis, ())
    ]
    return ", ".join(parts)


@require_POST
@permission_required(EDIT, raise_exception=True)
@idempotent()
def news_publish(request: HtmxHttpRequest, news_id: int) -> HttpResponse:
    """Publish a draft; the messages follow, the rest stands on the consultants' lists."""
    news = _news(request, news_id)
    publish_news(news=news, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The news is published."))
    return go_to(request, _at(news))


@require_POST
@permission_required(EDIT, raise_exception=True)
@idempotent()
def news_withdraw(request: HtmxHttpRequest, news_id: int) -> HttpResponse:
    """Withdraw published news; messages that still wait are held back."""
    news = _news(request, news_id)
    withdraw_news(news=news, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The news is withdrawn."))
    return go_to(request, _at(news))


@require_safe
@permission_required(VIEW, raise_exception=True)
def news_not_told(request: HtmxHttpRequest, news_id: int) -> HttpResponse:
    """List the customers not yet told: one's own, or those of one's scope by consultant."""
    return _not_told(request, _news(request, news_id))


def _not_told(
    request: HtmxHttpRequest, news: NewsItem, *, form: ToldForm | None = None, status: int = 200
) -> HttpResponse:
    user = current_user(request)
    rows = list_for(not_told(news, now=timezone.now()), user)
    context = {
        "news": news,
        "page": read_page(request, queryset=rows.select_related("owner"), listing=NOT_TOLD),
        "owners": counts_by_owner(rows),
        "channels": choices.CONTACT_CHANNELS,
        "form": form,
        "may_log": user.has_perm(LOG),
    }
    return render(request, NOT_TOLD.template, context, status=status)


@require_POST
@permission_required(LOG, raise_exception=True)
@idempotent()
def news_told(request: HtmxHttpRequest, news_id: int, customer_id: int) -> HttpResponse:
    """Note that one told the customer; it is logged as a talk too."""
    news, customer = _news(request, news_id), get_customer(request, customer_id)
    form = ToldForm(request.POST)
    if form.is_valid():
        channel, actor = form.cleaned_data["channel"], current_user(request)
        try:
            mark_told(
                news=news, customer=customer, channel=channel, actor=actor, now=timezone.now()
            )
        except ValidationError as error:
            add_errors(form, error)
    if form.errors:
        return _not_told(request, news, form=form, status=422)
    messages.success(request, _("%(name)s was told.") % {"name": customer.name})
    return go_to(request, _at(news, "news-not-told"))


@require_POST
@permission_required(LOG, raise_exception=True)
@idempotent()
def telling_read(request: HtmxHttpRequest, telling_id: int) -> HttpResponse:
    """Note that a customer has read the news."""
    rows = NewsTelling.objects.visible_to(current_user(request)).select_related("news")
    telling = rows.filter(pk=telling_id).first()
    if telling is None:
        raise Http404
    mark_read(telling=telling, now=timezone.now())
    return go_to(request, _at(telling.news))
