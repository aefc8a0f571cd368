"""What the API shows and takes; the rules live in the services."""

from typing import Any, cast

from rest_framework import serializers

from crm_site.staff.current import current_user
from customers import choices
from customers.data_categories import custom_category, is_hidden, shown_custom
from customers.filters import visible_projects
from customers.masking import may_see_phone, phone_for
from customers.models import Customer, CustomField, Interaction, Lead, LeadClock, Project, Task
from customers.rules.axes import CustomerKind
from customers.rules.categories import DataCategory
from customers.rules.entry import EDITABLE, LENGTHS, CapturePoint

# Where programs and people capture customers; imports have their own way in.
POINTS = [(point.value, point.value) for point in CapturePoint if point is not CapturePoint.IMPORT]


def optional_text(name: str) -> serializers.CharField:
    """Return the field for an optional text of an entry, as long as its column takes."""
    return serializers.CharField(
        max_length=LENGTHS[name], required=False, allow_blank=True, default=""
    )


def optional_value(length: int) -> serializers.CharField:
    """Return the field for a value that the entry rules read: a day, an amount, a number."""
    return serializers.CharField(
        max_length=length, required=False, allow_blank=True, allow_null=True, default=None
    )


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A housing project."""

    id = serializers.IntegerField(source="pk", read_only=True)

    class Meta:
        model = Project
        fields = ["id", "code", "name", "city", "address", "launch_on"]


class CustomerSerializer(serializers.ModelSerializer[Customer]):
    """A customer as the asker may see it: the phone masked by role, no hidden fields."""

    phone = serializers.SerializerMethodField()
    phone_is_masked = serializers.SerializerMethodField()
    grade = serializers.SerializerMethodField()
    is_assessed = serializers.SerializerMethodField()
    owner_name = serializers.SerializerMethodField()
    custom = serializers.SerializerMethodField()
    payment_method = serializers.SerializerMethodField()
    credit_status = serializers.SerializerMethodField()
    tags = serializers.SerializerMethodField()

    class Meta:
        model = Customer
        fields = [
            "id",
            "kind",
            "name",
            "phone",
            "phone_is_masked",
            "customer_class",
            "grade",
            "is_assessed",
            "source",
            "gender",
            "birthday",
            "city",
            "district",
            "occupation",
            "family",
            "budget_min",
            "budget_max",
            "layout",
            "motive",
            "intent",
            "project_role",
            "payment_method",
            "credit_status",
            "buying_stage",
            "stage_since",
            "phase",
            "nature",
            "needs",
            "managed_estate",
            "is_unreachable",
            "completeness",
            "owner",
            "owner_name",
            "project",
            "last_contact_at",
            "custom",
            "tags",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    def get_phone(self, customer: Customer) -> str:
        """Return the phone number, masked unless it is the asker's own customer."""
        return phone_for(current_user(self.context["request"]), customer)

    def get_phone_is_masked(self, customer: Customer) -> bool:
        """Return whether digits are hidden."""
        return not may_see_phone(current_user(self.context["request"]), customer)

    def get_grade(self, customer: Customer) -> str | None:
        """Return the grade A to E, ``None`` for those who are not assessed."""
        return customer.grading.grade if hasattr(customer, "grading") else None

    def get_is_assessed(self, customer: Customer) -> bool:
        """Return whether there is a grade; none before the first grading or where refused."""
        return hasattr(customer, "grading")

    def get_owner_name(self, customer: Customer) -> str | None:
        """Return the name of the responsible consultant."""
        return customer.owner.name if customer.owner else None

    def get_tags(self, customer: Customer) -> list[dict[str, Any]]:
        """Return the tags on the customer: key, name, whether a rule put it there."""
        return [
            {"id": row.tag_id, "name": row.tag.name, "by_rule": row.by_rule}
            for row in customer.tag_rows.all()
        ]

    def get_payment_method(self, customer: Customer) -> str | None:
        """Return the payment method; ``None`` for those who may not see it (CUS-02)."""
        return self._sensitive(customer, "payment_method")

    def get_credit_status(self, customer: Customer) -> str | None:
        """Return the credit status; ``None`` for those who may not see it (CUS-02)."""
        return self._sensitive(customer, "credit_status")

    def _sensitive(self, customer: Customer, name: str) -> str | None:
        hidden = is_hidden(current_user(self.context["request"]), customer, name)
        return None if hidden else getattr(customer, name)

    def get_custom(self, customer: Customer) -> dict[str, Any]:
        """Return the company's own fields in use; their category says who sees them (CUS-02)."""
        if not customer.custom:
            return {}
        user, categories = current_user(self.context["request"]), self._custom_fields()
        return {
            key: shown_custom(user, customer, categories[key], value)
            for key, value in customer.custom.items()
            if key in categories
        }

    def _custom_fields(self) -> dict[str, DataCategory]:
        """Return the fields in use and the category of each; one query for a whole page."""
        if "custom_fields" not in self.context:
            fields = CustomField.objects.filter(is_active=True)
            cast(dict[str, Any], self.context)["custom_fields"] = {
                field.key: custom_category(field) for field in fields
            }
        return dict(self.context["custom_fields"])


class CustomerCreateSerializer(serializers.Serializer[Any]):
    """What a capture needs: at least a name and a phone (contract of the API)."""

    name = serializers.CharField(max_length=LENGTHS["name"])
    phone = serializers.CharField(max_length=60)
    capture_point = serializers.ChoiceField(choices=POINTS, default=CapturePoint.FRONT_DESK.value)
    kind = serializers.ChoiceField(
        choices=choices.CUSTOMER_KINDS, default=CustomerKind.PERSON.value
    )
    source = optional_text("source")  # type: ignore[assignment]
    campaign = optional_text("campaign")
    enquiry = optional_text("enquiry")
    urgency = serializers.ChoiceField(
        choices=choices.URGENCIES, required=False, allow_blank=True, default=""
    )
    complexity = serializers.ChoiceField(
        choices=choices.COMPLEXITIES, required=False, allow_blank=True, default=""
    )
    project = serializers.PrimaryKeyRelatedField(
        queryset=Project.objects.none(), required=False, allow_null=True, default=None
    )
    gender = serializers.ChoiceField(choices=choices.GENDERS, allow_blank=True, default="")
    birthday = optional_value(10)
    id_number = serializers.CharField(max_length=30, allow_blank=True, default="")
    annual_income = optional_value(20)
    email = serializers.CharField(max_length=254, allow_blank=True, default="")
    wechat = optional_text("wechat")
    city = optional_text("city")
    district = optional_text("district")
    address = optional_text("address")
    occupation = optional_text("occupation")
    family = optional_text("family")
    budget_min = optional_value(20)
    budget_max = optional_value(20)
    layout = optional_text("layout")
    motive = optional_text("motive")
    intent = serializers.ChoiceField(choices=choices.INTENTS, allow_null=True, default=None)
    project_role = serializers.ChoiceField(
        choices=choices.PROJECT_ROLES, allow_blank=True, default=""
    )
    remark = optional_text("remark")
    custom = serializers.DictField(child=serializers.JSONField(allow_null=True), default=dict)
    external_source = optional_text("external_source")
    external_id = optional_text("external_id")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            project: Any = self.fields["project"]
            project.queryset = visible_projects(request)


class CustomerChangeSerializer(serializers.Serializer[Any]):
    """A change of some fields on the version the asker has read."""

    version = serializers.IntegerField(min_value=1)
    changes = serializers.DictField(
        child=serializers.JSONField(allow_null=True), help_text=", ".join(sorted(EDITABLE))
    )


class LeadSerializer(serializers.ModelSerializer[Lead]):
    """A sales opportunity."""

    class Meta:
        model = Lead
        fields = [
            "id",
            "customer",
            "project",
            "source",
            "campaign",
            "capture_point",
            "state",
            "lost_reason",
            "owner",
            "enquiry",
            "urgency",
            "complexity",
            "level",
            "received_at",
            "stages",
            "solution",
            "customer_told_at",
            "customer_confirmed_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class LeadClockSerializer(serializers.ModelSerializer[LeadClock]):
    """One promise on a lead; ``is_provisional`` until the official calendar is known."""

    class Meta:
        model = LeadClock
        fields = ["id", "kind", "started_at", "due_at", "state", "met_at", "is_provisional"]
        read_only_fields = fields


class LeadMoveSerializer(serializers.Serializer[Any]):
    """The state a lead moves to."""

    to = serializers.ChoiceField(choices=choices.LEAD_STATES)
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class InteractionSerializer(serializers.ModelSerializer[Interaction]):
    """A talk with a customer."""

    class Meta:
        model = Interaction
        fields = [
            "id",
            "customer",
            "lead",
            "channel",
            "result",
            "content",
            "mood",
            "intent",
            "next_step",
            "next_at",
            "is_automatic",
            "at",
            "author",
        ]
        read_only_fields = fields


class InteractionCreateSerializer(serializers.Serializer[Any]):
    """What a logged talk needs: customer, channel, result, content (CUS-44)."""

    customer = serializers.IntegerField(min_value=1)
    channel = serializers.ChoiceField(choices=choices.CHANNELS)
    result = serializers.ChoiceField(choices=choices.RESULTS)
    content = serializers.CharField(max_length=4000)
    mood = serializers.ChoiceField(
        choices=choices.MOODS, required=False, default="", allow_blank=True
    )
    intent = serializers.ChoiceField(
        choices=choices.INTENTS, required=False, allow_null=True, default=None
    )
    next_step = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    next_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class TaskSerializer(serializers.ModelSerializer[Task]):
    """Something one person must do by a time."""

    class Meta:
        model = Task
        fields = [
            "id",
            "kind",
            "title",
            "customer",
            "lead",
            "owner",
            "due_at",
            "state",
            "done_at",
            "outcome",
            "source",
            "created_at",
        ]
        read_only_fields = fields


class OutcomeSerializer(serializers.Serializer[Any]):
    """What came of a task."""

    outcome = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class PostponeSerializer(serializers.Serializer[Any]):
    """Until when a task is put off."""

    due_at = serializers.DateTimeField()
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class RevealSerializer(serializers.Serializer[Any]):
    """Why a masked number must be seen."""

    reason = serializers.CharField(min_length=4, max_length=200)


class PhoneSerializer(serializers.Serializer[Any]):
    """A phone number in full."""

    phone = serializers.CharField()


class ExistsSerializer(serializers.Serializer[Any]):
    """The answer to a capture of somebody whom the asker may not see."""

    exists = serializers.BooleanField()
