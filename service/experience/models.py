"""Tables of experience."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models import Customer, Project
from customers.rules.consent import Purpose
from customers.services.consents import with_consent
from service.experience import choices
from service.experience.rules import ItemState
from service.tickets.models import Ticket


class Remark(TimeStamped):
    """What a colleague heard from a customer: a ticket, and who wants to hear of it (PLT-32)."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="remarks"
    )
    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="remark")
    text = models.TextField(max_length=2000, help_text="as the author wrote it")
    told_at = models.DateTimeField(null=True, help_text="when the author heard the outcome")

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_journey", "See the journey map, its touchpoints and the working group"),
            ("keep_journey", "Keep touchpoints and the work of the working group"),
            ("read_stories", "Read and write stories of good service"),
            ("pick_stories", "Pick the story of a month and note its use in training"),
        ]
        indexes = [models.Index(fields=["author", "-id"], name="remark_by_author")]

    def __str__(self) -> str:
        return self.text[:60]


class Touchpoint(TimeStamped):
    """A point at which a department meets customers: standard, owner, measure (SVC-63).

    Its place on the map is a node and a stage; pain and action are what SVC-62 asks for.
    """

    name = models.CharField(_("touchpoint"), max_length=80, unique=True)
    department = models.CharField(
        _("department"), max_length=12, choices=choices.DEPARTMENTS, db_index=False
    )
    node = models.CharField(_("node"), max_length=8, choices=choices.NODES)
    phase = models.CharField(_("stage"), max_length=8, choices=choices.PHASES)
    standard = models.TextField(_("standard"), max_length=1000)
    measure = models.CharField(_("how it is measured"), max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("responsible"),
    )
    pain = models.TextField(_("what hurts the customer"), max_length=1000, blank=True)
    action = models.TextField(_("what is done about it"), max_length=1000, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        default_permissions = ()
        ordering = ["node", "phase", "name"]

    def __str__(self) -> str:
        return self.name


class StoryQuerySet(models.QuerySet[Any]):
    """Questions about stories."""

    def shown(self) -> Self:
        """Return stories about nobody by name, and those whose customer consents (SVC-107)."""
        willing = with_consent(Customer.objects.all(), Purpose.PUBLICATION)
        return self.filter(Q(customer__isnull=True) | Q(customer__in=willing.values("pk")))

    def for_list(self, user: Any) -> Self:
        """Return stories with the number of likes and whether ``user`` likes them."""
        own = StoryLike.objects.filter(story=OuterRef("pk"), person=user)
        return self.annotate(like_count=Count("likes"), is_liked=Exists(own)).select_related(
            "author", "project", "customer"
        )


class Story(TimeStamped):
    """A good service story; with a customer's name only while the customer consents (SVC-107)."""

    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("story"), max_length=4000)
    project = models.ForeignKey(
        Project,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("project"),
    )
    customer = models.ForeignKey(
        Customer,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stories",
        verbose_name=_("customer named in it"),
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    used_on = models.DateField(_("used in training on"), null=True, blank=True)
    used_for = models.CharField(_("used for"), max_length=120, blank=True)

    objects: ClassVar[StoryQuerySet] = StoryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.title


class StoryLike(models.Model):
    """That a colleague likes a story; once each."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="likes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["story", "person"], name="story_liked_once")]

    def __str__(self) -> str:
        return f"{self.story_id} · {self.person_id}"


class StoryPick(models.Model):
    """The story of a month; one for each month."""

    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="picks")
    month = models.DateField(unique=True, help_text="its first day")
    picked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        ordering = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class GroupMember(TimeStamped):
    """Somebody in the working group for customer experience (SVC-108)."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("person"),
    )
    duty = models.CharField(_("duty in the group"), max_length=80)
    since = models.DateField(_("member since"))
    until = models.DateField(_("member until"), null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["person"], name="group_member_once", condition=Q(until__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.duty


class GroupMeeting(TimeStamped):
    """A meeting of the working group."""

    held_on = models.DateField(_("held on"))
    topic = models.CharField(_("topic"), max_length=120)
    present = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("who was there")
    )
    minutes = models.TextField(_("minutes"), max_length=4000, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.topic


class GroupItem(TimeStamped):
    """A check, a suggestion or a decision of a meeting, and what came of it."""

    meeting = models.ForeignKey(GroupMeeting, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(_("kind"), max_length=10, choices=choices.ITEM_KINDS)
    title = models.CharField(_("what"), max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("responsible"),
    )
    due_on = models.DateField(_("done by"))
    state = models.CharField(
        _("state"), max_length=8, choices=choices.ITEM_STATES, default=ItemState.OPEN.value
    )
    result = models.CharField(_("result"), max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="group_item_decided_has_result",
                condition=Q(state=ItemState.OPEN.value) | ~Q(result=""),
            )
        ]

    def __str__(self) -> str:
        return self.title
