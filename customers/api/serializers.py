"""What the API shows and takes; the rules live in the services."""

from typing import Any

from rest_framework import serializers

from crm_site.staff.current import current_user
from customers import choices
from customers.filters import visible_projects
from customers.masking import may_see_phone, phone_for
from customers.models import Customer, Interaction, Lead, LeadClock, Project, Task
from customers.rules.entry import EDITABLE


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A housing project."""

    id = serializers.IntegerField(source="pk", read_only=True)

    class Meta:
        model = Project
        fields = ["id", "code", "name", "city"]


class CustomerSerializer(serializers.ModelSerializer[Customer]):
    """A customer as the asker may see it: the phone masked by role, no hidden fields."""

    phone = serializers.SerializerMethodField()
    phone_is_masked = serializers.SerializerMethodField()
    grade = serializers.SerializerMethodField()
    owner_name = serializers.SerializerMethodField()

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
            "is_unreachable",
            "completeness",
            "owner",
            "owner_name",
            "project",
            "last_contact_at",
            "custom",
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
        """Return the grade A to E, ``None`` before the first grading."""
        return customer.grading.grade if hasattr(customer, "grading") else None

    def get_owner_name(self, customer: Customer) -> str | None:
        """Return the name of the responsible consultant."""
        return customer.owner.name if customer.owner else None


class CustomerCreateSerializer(serializers.Serializer[Any]):
    """What a capture needs: at least a name and a phone (contract of the API)."""

    name = serializers.CharField(max_length=80)
    phone = serializers.CharField(max_length=60)
    capture_point = serializers.ChoiceField(
        choices=["web_form", "app", "wechat", "store", "hotline", "front_desk", "after_sales"],
        default="front_desk",
    )
    source = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    campaign = serializers.CharField(max_length=80, required=False, default="none")
    project = serializers.PrimaryKeyRelatedField(
        queryset=Project.objects.all(), required=False, allow_null=True, default=None
    )
    enquiry = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    budget_min = serializers.CharField(max_length=20, required=False, allow_null=True, default=None)
    budget_max = serializers.CharField(max_length=20, required=False, allow_null=True, default=None)
    layout = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    intent = serializers.IntegerField(required=False, allow_null=True, default=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None and "project" in self.fields:
            self.fields["project"].queryset = visible_projects(request)


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
            "received_at",
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
