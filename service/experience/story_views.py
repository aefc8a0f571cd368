"""The pages of stories of good service (SVC-107)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, list_page
from crm_site.common.refusals import NotAllowedError
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.models import Customer
from service.experience import stories
from service.experience.forms import StoryForm, UseForm
from service.experience.models import Story
from service.repairs.pages import FORM, Sheet, found_or_404, run_form, saver

READ, PICK = "service.read_stories", "service.pick_stories"
FORM_METHODS = ["GET", "HEAD", "POST"]
STORIES = Listing(
    template="service/experience/stories.html",
    sorts={"latest": ("-id",), "liked": ("-like_count", "-id")},
    default_sort="latest",
)


def _url(story: Story) -> str:
    return reverse("service:story-detail", args=[story.pk])


def get_story(request: HtmxHttpRequest, story_id: int) -> Story:
    """Return a story that may be read; 404 for one whose customer withdrew the consent."""
    story: Story = found_or_404(stories.stories_for(current_user(request)), story_id)
    return story


def _own(story: Story, user: User) -> bool:
    return story.author_id == user.pk or user.has_perm(PICK)


@require_safe
@permission_required(READ, raise_exception=True)
def story_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the stories, the picked ones with their month."""
    rows = stories.stories_for(current_user(request))
    return list_page(request, queryset=rows, listing=STORIES)


@require_safe
@permission_required(READ, raise_exception=True)
def story_detail(request: HtmxHttpRequest, story_id: int) -> HttpResponse:
    """Show a story."""
    story, user = get_story(request, story_id), current_user(request)
    context = {
        "story": story,
        "may_edit": _own(story, user),
        "may_pick": user.has_perm(PICK) and not story.picks.all(),
        "may_use": user.has_perm(PICK),
    }
    return render_page(request, "service/experience/story.html", context)


def _sheet(title: Any, story: Story | None = None) -> Sheet:
    up = (
        (_("Stories of good service"), reverse("service:story-list"))
        if story is None
        else (story.title, _url(story))
    )
    return Sheet(title=title, up=up, submit=_("Save"), done=_("The story is saved."))


@require_http_methods(FORM_METHODS)
@permission_required(READ, raise_exception=True)
@idempotent()
def story_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a story."""
    user = current_user(request)
    form = StoryForm(request.POST or None, user=user)

    def run(valid: StoryForm) -> str:
        return _url(stories.save_story(valid.save(commit=False), actor=user, now=timezone.now()))

    return run_form(request, form=form, sheet=_sheet(_("Tell a story")), run=run)


@require_http_methods(FORM_METHODS)
@permission_required(READ, raise_exception=True)
@idempotent()
def story_edit(request: HtmxHttpRequest, story_id: int) -> HttpResponse:
    """Change one's own story."""
    story, user = get_story(request, story_id), current_user(request)
    if not _own(story, user):
        raise NotAllowedError(_("Who wrote the story changes it."))
    sheet = _sheet(_("Edit"), story)

    def run(valid: StoryForm) -> None:
        stories.save_story(valid.save(commit=False), actor=user, now=timezone.now())

    def form(data: Any) -> StoryForm:
        made = StoryForm(data, user=user, instance=get_story(request, story_id))
        if story.customer_id and not _sees_customer(user, story.customer_id):
            del made.fields["customer"]
        return made

    return edit_page(
        request,
        edit=edit_of(story, user),
        form=form,
        template=FORM,
        save=saver(request, sheet, run),
        context=sheet.context(),
    )


def _sees_customer(user: User, customer_id: int) -> bool:
    found: bool = Customer.objects.visible_to(user).filter(pk=customer_id).exists()
    return found


@require_POST
@permission_required(READ, raise_exception=True)
@idempotent()
def story_like(request: HtmxHttpRequest, story_id: int) -> HttpResponse:
    """Like a story, or take it back."""
    story = get_story(request, story_id)
    stories.like(story=story, person=current_user(request))
    return go_to(request, _url(story))


@require_POST
@permission_required(PICK, raise_exception=True)
@idempotent()
def story_pick(request: HtmxHttpRequest, story_id: int) -> HttpResponse:
    """Pick a story for the running month."""
    story = get_story(request, story_id)
    stories.pick(story=story, actor=current_user(request), now=timezone.now())
    messages.success(request, _("It is the story of the month."))
    return go_to(request, _url(story))


@require_http_methods(FORM_METHODS)
@permission_required(PICK, raise_exception=True)
@idempotent()
def story_use(request: HtmxHttpRequest, story_id: int) -> HttpResponse:
    """Note in which training a story was used."""
    story, user = get_story(request, story_id), current_user(request)
    form = UseForm(request.POST or None, initial={"used_on": timezone.localdate()})

    def run(valid: UseForm) -> None:
        stories.note_use(story=story, actor=user, now=timezone.now(), **valid.cleaned_data)

    return run_form(request, form=form, sheet=_sheet(_("Used in training"), story), run=run)
