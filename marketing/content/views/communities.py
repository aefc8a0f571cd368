"""Groups: members, calendar of posts, questions and mood (MKT-36)."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from customers.models import Customer
from marketing.content.models import Community, CommunityPost, CommunityQuestion
from marketing.content.pages import change_form, found_in, short_form, working
from marketing.content.public_forms import (
    AnswerForm,
    CommunityForm,
    CommunityMemberForm,
    CommunityPostForm,
    CommunityQuestionForm,
    PostedForm,
)
from marketing.content.querysets import ANSWER, KEEP, VIEW
from marketing.content.selectors import community_figures
from marketing.content.services import communities

SHOWN = 50
LISTING = Listing(
    template="marketing/content/communities.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def community_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the groups with their questions and mood."""
    user = current_user(request)
    rows = Community.objects.visible_to(user).select_related("project", "admin")
    context = {"may_keep": user.has_perm(KEEP)}
    return list_page(request, queryset=community_figures(rows), listing=LISTING, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def community_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a group down."""
    return short_form(
        request,
        form=CommunityForm(request.POST or None, user=current_user(request)),
        title=_("New group"),
        back=reverse("marketing:communities"),
        run=lambda data: communities.save_community(
            community=None, draft=communities.CommunityDraft(**data), **working(request)
        ),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def community(request: HtmxHttpRequest, community_id: int) -> HttpResponse:
    """Show a group: its calendar, its questions, the customers known to be in it."""
    row, user = _community(request, community_id), current_user(request)
    questions = row.questions.select_related("answered_by").order_by("-asked_at", "-pk")
    seen = Customer.objects.visible_to(user)
    members = row.members.filter(customer__in=seen).select_related("customer")
    context = {
        "community": row,
        "posts": row.posts.all()[:SHOWN],
        "questions": questions[:SHOWN],
        "members": members.order_by("-joined_on", "-pk")[:SHOWN],
        "figures": community_figures(Community.objects.filter(pk=row.pk)).get(),
        "now": timezone.now(),
        "today": timezone.localdate(),
        "may_keep": user.has_perm(KEEP),
        "may_answer": user.has_perm(KEEP) or user.has_perm(ANSWER),
    }
    return render(request, "marketing/content/community.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def community_edit(request: HtmxHttpRequest, community_id: int) -> HttpResponse:
    """Change a group."""
    row, user = _community(request, community_id), current_user(request)

    def form(data: Any) -> BaseForm:
        return CommunityForm(data, user=user, row=_community(request, row.pk))

    return change_form(
        request,
        row=row,
        form=form,
        run=lambda data: communities.save_community(
            community=row, draft=communities.CommunityDraft(**data), **working(request)
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def community_post_add(request: HtmxHttpRequest, community_id: int) -> HttpResponse:
    """Plan a post."""
    row = _community(request, community_id)
    return short_form(
        request,
        form=CommunityPostForm(request.POST or None),
        title=_("New post in %(name)s") % {"name": row},
        back=row.get_absolute_url(),
        run=lambda data: communities.plan_post(community=row, **data, **working(request)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ANSWER, raise_exception=True)
@idempotent()
def community_posted(request: HtmxHttpRequest, community_post_id: int) -> HttpResponse:
    """Note that a post was posted."""
    seen = Community.objects.visible_to(current_user(request))
    rows = CommunityPost.objects.filter(community__in=seen).select_related("community")
    post = _found(rows, community_post_id)
    return short_form(
        request,
        form=PostedForm(request.POST or None),
        title=_("Posted in %(name)s") % {"name": post.community},
        back=post.community.get_absolute_url(),
        run=lambda data: communities.mark_posted(post=post, **data, **working(request)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ANSWER, raise_exception=True)
@idempotent()
def community_ask(request: HtmxHttpRequest, community_id: int) -> HttpResponse:
    """Write a question down."""
    row = _community(request, community_id)
    initial = {"asked_at": timezone.localtime(), "mood": "even"}
    return short_form(
        request,
        form=CommunityQuestionForm(
            request.POST or None, user=current_user(request), initial=initial
        ),
        title=_("New question in %(name)s") % {"name": row},
        back=row.get_absolute_url(),
        run=lambda data: communities.note_question(
            community=row, draft=communities.QuestionDraft(**data), **working(request)
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ANSWER, raise_exception=True)
@idempotent()
def community_answer(request: HtmxHttpRequest, community_question_id: int) -> HttpResponse:
    """Write down the answer that was given."""
    seen = Community.objects.visible_to(current_user(request))
    rows = CommunityQuestion.objects.filter(community__in=seen).select_related("community")
    question = _found(rows, community_question_id)
    return short_form(
        request,
        form=AnswerForm(request.POST or None),
        title=question.text,
        back=question.community.get_absolute_url(),
        run=lambda data: communities.answer_question(question=question, **data, **working(request)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ANSWER, raise_exception=True)
@idempotent()
def community_member_add(request: HtmxHttpRequest, community_id: int) -> HttpResponse:
    """Note that a customer is in the group."""
    row = _community(request, community_id)
    return short_form(
        request,
        form=CommunityMemberForm(request.POST or None, user=current_user(request)),
        title=_("Customer in %(name)s") % {"name": row},
        back=row.get_absolute_url(),
        run=lambda data: communities.add_member(community=row, **data, **working(request)),
    )


def _community(request: HtmxHttpRequest, key: int) -> Community:
    found: Community = found_in(Community.objects, request, key, "project", "admin")
    return found


def _found(rows: Any, key: int) -> Any:
    found = rows.filter(pk=key).first()
    if found is None:
        raise Http404
    return found
