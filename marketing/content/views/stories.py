"""Stories told with consent, posts of owners, and the wall of accepted ones (MKT-26, MKT-34)."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from customers.models import Customer
from marketing.content.filters import PostFilter
from marketing.content.forms import ReasonForm
from marketing.content.models import OwnerPost, PublicStory
from marketing.content.pages import change_form, done, found_in, short_form, working
from marketing.content.public_forms import OwnerPostForm, PublicStoryForm
from marketing.content.querysets import KEEP, VIEW
from marketing.content.services import stories

STORIES = Listing(
    template="marketing/content/stories.html", sorts={"latest": ("-id",)}, default_sort="latest"
)
POSTS = Listing(
    template="marketing/content/posts.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=PostFilter,
)
WALL = Listing(
    template="marketing/content/wall.html",
    sorts={"latest": ("-decided_at", "-id")},
    default_sort="latest",
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def public_stories(request: HtmxHttpRequest) -> HttpResponse:
    """Show the stories: who keeps content sees all, others those the public sees."""
    user = current_user(request)
    rows = PublicStory.objects.visible_to(user).select_related("project")
    if not user.has_perm(KEEP):
        rows = rows.standing(on=timezone.localdate())
    context = {"may_keep": user.has_perm(KEEP), "today": timezone.localdate()}
    return list_page(request, queryset=rows, listing=STORIES, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def public_story_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a customer's story."""
    return short_form(
        request,
        form=PublicStoryForm(request.POST or None, user=current_user(request)),
        title=_("New story"),
        back=reverse("marketing:public-stories"),
        run=lambda data: stories.save_story(
            story=None, draft=stories.StoryDraft(**data), **working(request)
        ),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def public_story(request: HtmxHttpRequest, public_story_id: int) -> HttpResponse:
    """Show a story with the consent to it."""
    row, user = _story(request, public_story_id), current_user(request)
    keeps = user.has_perm(KEEP)
    seen = Customer.objects.visible_to(user).filter(pk=row.customer_id).exists()
    context = {
        "story": row,
        "may_see_customer": seen,
        "may_edit": keeps and row.state != stories.PUBLISHED,
        "may_end": keeps and row.state == stories.PUBLISHED,
    }
    return render(request, "marketing/content/story.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def public_story_edit(request: HtmxHttpRequest, public_story_id: int) -> HttpResponse:
    """Change a story that is not public."""
    row, user = _story(request, public_story_id), current_user(request)

    def form(data: Any) -> BaseForm:
        return PublicStoryForm(data, user=user, row=_story(request, row.pk))

    return change_form(
        request,
        row=row,
        form=form,
        run=lambda data: stories.save_story(
            story=row, draft=stories.StoryDraft(**data), **working(request)
        ),
    )


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def public_story_publish(request: HtmxHttpRequest, public_story_id: int) -> HttpResponse:
    """Publish a story whose customer consents."""
    row = _story(request, public_story_id)
    stories.publish_story(story=row, **working(request))
    return done(request, row, _("The story is public."))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def public_story_end(request: HtmxHttpRequest, public_story_id: int) -> HttpResponse:
    """Take a story down."""
    row = _story(request, public_story_id)
    return _reasoned(
        request,
        row,
        title=_("Take down: %(title)s") % {"title": row},
        run=lambda data: stories.end_story(story=row, **data, **working(request)),
    )


@require_safe
@permission_required(KEEP, raise_exception=True)
def owner_posts(request: HtmxHttpRequest) -> HttpResponse:
    """Show the posts to whoever reads them first."""
    rows = OwnerPost.objects.visible_to(current_user(request)).select_related("project")
    return list_page(request, queryset=rows, listing=POSTS)


@require_safe
@permission_required(VIEW, raise_exception=True)
def owner_wall(request: HtmxHttpRequest) -> HttpResponse:
    """Show the accepted posts, and no other (MKT-34)."""
    rows = OwnerPost.objects.visible_to(current_user(request)).shown().select_related("project")
    context = {"may_keep": current_user(request).has_perm(KEEP)}
    return list_page(request, queryset=rows, listing=WALL, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def owner_post_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write down a post that came in."""
    return short_form(
        request,
        form=OwnerPostForm(request.POST or None, user=current_user(request)),
        title=_("New post of an owner"),
        back=reverse("marketing:owner-posts"),
        run=lambda data: stories.take_post(draft=stories.PostDraft(**data), **working(request)),
    )


@require_safe
@permission_required(KEEP, raise_exception=True)
def owner_post(request: HtmxHttpRequest, owner_post_id: int) -> HttpResponse:
    """Show a post to whoever decides on it."""
    row, user = _post(request, owner_post_id), current_user(request)
    context = {
        "post": row,
        "may_see_customer": row.customer_id is not None
        and Customer.objects.visible_to(user).filter(pk=row.customer_id).exists(),
    }
    return render(request, "marketing/content/post.html", context)


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def owner_post_accept(request: HtmxHttpRequest, owner_post_id: int) -> HttpResponse:
    """Let a post be seen."""
    row = _post(request, owner_post_id)
    stories.accept_post(post=row, **working(request))
    return done(request, row, _("The post is accepted and shown."))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def owner_post_refuse(request: HtmxHttpRequest, owner_post_id: int) -> HttpResponse:
    """Keep a post back."""
    row = _post(request, owner_post_id)
    return _reasoned(
        request,
        row,
        title=_("Refuse the post of %(name)s") % {"name": row.shown_name},
        run=lambda data: stories.refuse_post(post=row, **data, **working(request)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def owner_post_withdraw(request: HtmxHttpRequest, owner_post_id: int) -> HttpResponse:
    """Hide an accepted post."""
    row = _post(request, owner_post_id)
    return _reasoned(
        request,
        row,
        title=_("Take back the post of %(name)s") % {"name": row.shown_name},
        run=lambda data: stories.take_back_post(post=row, **data, **working(request)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def owner_post_reuse(request: HtmxHttpRequest, owner_post_id: int) -> HttpResponse:
    """Note where an accepted post is used again."""
    row = _post(request, owner_post_id)
    form = ReasonForm(request.POST or None)
    form.fields["reason"].label = str(gettext_lazy("Used in"))
    return short_form(
        request,
        form=form,
        title=_("Where is the post of %(name)s used?") % {"name": row.shown_name},
        back=row.get_absolute_url(),
        run=lambda data: stories.reuse_post(post=row, where=data["reason"], **working(request)),
    )


def _reasoned(request: HtmxHttpRequest, row: Any, *, title: str, run: Any) -> HttpResponse:
    back = row.get_absolute_url()
    form = ReasonForm(request.POST or None)
    return short_form(request, form=form, title=title, back=back, run=run)


def _story(request: HtmxHttpRequest, key: int) -> PublicStory:
    rows = PublicStory.objects.visible_to(current_user(request))
    if not current_user(request).has_perm(KEEP):
        rows = rows.standing(on=timezone.localdate())
    found: PublicStory | None = (
        rows.select_related("project", "customer", "asset").filter(pk=key).first()
    )
    if found is None:
        raise Http404
    return found


def _post(request: HtmxHttpRequest, key: int) -> OwnerPost:
    found: OwnerPost = found_in(OwnerPost.objects, request, key, "project", "decided_by")
    return found
