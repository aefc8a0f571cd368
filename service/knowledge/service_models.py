"""The catalogue of services by stage of sale, and what customers book of it (SVC-13, 15, 104)."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models.customer import Customer
from customers.models.project import Project
from service.knowledge import choices
from service.knowledge.rules.booking import OPEN, OrderState

VIEW = "service.view_services"


class ServiceItemQuerySet(models.QuerySet["ServiceItem"]):
    """Questions about the catalogue."""

    def visible_to(self, user: Any) -> Self:
        """Return the catalogue to whoever may look at it."""
        return self.all() if user.is_authenticated and user.has_perm(VIEW) else self.none()

    def in_use(self) -> Self:
        """Return what is offered now."""
        return self.filter(is_active=True)


class ServiceItem(TimeStamped):
    """One service of the catalogue with the person who answers for it."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("service"), max_length=80)
    line = models.CharField(_("kind"), max_length=12, choices=choices.LINES, default="value_added")
    stage = models.CharField(_("stage"), max_length=12, choices=choices.STAGES)
    description = models.TextField(_("what it is"), max_length=2000, blank=True)
    provider = models.CharField(_("provider"), max_length=80, blank=True)
    price = models.DecimalField(
        _("price in yuan"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    price_unit = models.CharField(_("price for"), max_length=30, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who answers for it"),
    )
    is_bookable = models.BooleanField(_("can be booked"), default=True)
    is_active = models.BooleanField(_("is offered"), default=True)

    objects: ClassVar[ServiceItemQuerySet] = ServiceItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_services", "See the catalogue of services"),
            ("edit_services", "Edit the catalogue of services"),
            ("book_services", "Book services for customers"),
        ]
        constraints = [
            models.CheckConstraint(
                name="service_item_price_not_negative", condition=Q(price=None) | Q(price__gte=0)
            )
        ]
        indexes = [models.Index(fields=["line", "stage"], name="service_item_by_stage")]

    def __str__(self) -> str:
        return self.name


class ServiceOrderQuerySet(models.QuerySet["ServiceOrder"]):
    """Questions about booked services."""

    def visible_to(self, user: Any) -> Self:
        """Return the bookings of the customers ``user`` may see."""
        if not user.is_authenticated or not user.has_perm(VIEW):
            return self.none()
        return self.filter(customer__in=Customer.objects.visible_to(user).order_by().values("pk"))

    def open(self) -> Self:
        """Return what is still to be delivered."""
        return self.filter(state__in=OPEN)


class ServiceOrder(TimeStamped):
    """A service booked for a customer, from the request to the rating."""

    item = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, related_name="orders")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="service_orders")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="service_orders")
    state = models.CharField(
        max_length=10, choices=choices.ORDER_STATES, default=OrderState.REQUESTED.value
    )
    wished_on = models.DateField(_("wished for"), null=True, blank=True)
    note = models.CharField(_("wishes"), max_length=500, blank=True)
    provider = models.CharField(_("provider"), max_length=80, blank=True)
    price = models.DecimalField(
        _("agreed price in yuan"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    result = models.CharField(_("what was delivered"), max_length=500, blank=True)
    score = models.PositiveSmallIntegerField(_("rating"), null=True)
    words = models.CharField(_("in the customer's words"), max_length=500, blank=True)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[ServiceOrderQuerySet] = ServiceOrderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="service_order_rated_has_score",
                condition=Q(state="rated", score__range=(1, 5))
                | (~Q(state="rated") & Q(score__isnull=True)),
            ),
            models.CheckConstraint(
                name="service_order_delivered_says_what",
                condition=~Q(state__in=["delivered", "rated"]) | ~Q(result=""),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "wished_on"], name="service_order_by_day"),
            models.Index(fields=["customer", "-id"], name="service_order_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.item.name} · {self.customer.name}"


class ServiceOrderEvent(models.Model):
    """One step of a booking; rows are only added."""

    order = models.ForeignKey(ServiceOrder, on_delete=models.CASCADE, related_name="events")
    state = models.CharField(max_length=10, choices=choices.ORDER_STATES)
    note = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["order", "at"], name="service_order_event_by_order")]

    def __str__(self) -> str:
        return f"{self.order_id} · {self.state}"
