"""Tasks: list, read, write down, finish, take back, put off (CUS-24)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers import choices
from customers.api import serializers as shapes
from customers.api.references import ScopedSerializer, reference
from customers.api.resource import ResourceViewSet
from customers.care_forms import doers
from customers.filters import TaskFilter
from customers.models import Customer, Task
from customers.rules.axes import TaskKind
from customers.services.tasks import (
    TaskEntry,
    complete_task,
    create_task,
    postpone_task,
    reopen_task,
)

WORK = "customers.work_tasks"


class TaskCreateSerializer(ScopedSerializer):
    """What there is to do, by when; ``owner`` is the asker where it is left out."""

    title = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=choices.TASK_KINDS, default=TaskKind.FOLLOW_UP.value)
    due_at = serializers.DateTimeField()
    owner = reference(User.objects.none(), required=False)
    customer = reference(Customer.objects.none(), required=False, allow_null=True, default=None)
    scopes = {"owner": doers, "customer": Customer.objects.visible_to}


class TaskViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Tasks: list, read, write down, finish, take back, put off."""

    queryset = Task.objects.all()
    serializer_class = shapes.TaskSerializer
    filterset_class = TaskFilter
    permissions = dict.fromkeys(("list", "retrieve", "create", "done", "reopen", "postpone"), WORK)
    sorts = {"id": ("-id",), "due_at": ("due_at",)}

    def get_queryset(self) -> Any:
        return Task.objects.visible_to(self.request.user)

    @extend_schema(request=TaskCreateSerializer, responses={201: shapes.TaskSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        """Write down a task for oneself or somebody in reach; 400 for who refuses contact."""
        user = current_user(request)
        data = {"owner": user} | self.valid(TaskCreateSerializer, request.data)
        entry = TaskEntry(**data | {"kind": TaskKind(data["kind"])})
        task = create_task(entry=entry, actor=user, now=timezone.now())
        return Response(self.get_serializer(task).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.OutcomeSerializer, responses=shapes.TaskSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def done(self, request: Request, pk: str) -> Response:
        """Mark the task as done; 409 when somebody else was faster."""
        open_task = self.get_object()
        data = self.valid(shapes.OutcomeSerializer, request.data)
        task = complete_task(
            task=open_task,
            outcome=data["outcome"],
            actor=current_user(request),
            now=timezone.now(),
        )
        return Response(self.get_serializer(task).data)

    @extend_schema(request=None, responses=shapes.TaskSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def reopen(self, request: Request, pk: str) -> Response:
        """Take back that the task is done."""
        actor, now = current_user(request), timezone.now()
        task = reopen_task(task=self.get_object(), actor=actor, now=now)
        return Response(self.get_serializer(task).data)

    @extend_schema(request=shapes.PostponeSerializer, responses=shapes.TaskSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def postpone(self, request: Request, pk: str) -> Response:
        """Put the task off to a later moment."""
        open_task = self.get_object()
        data = self.valid(shapes.PostponeSerializer, request.data)
        task = postpone_task(
            task=open_task, actor=current_user(request), now=timezone.now(), **data
        )
        return Response(self.get_serializer(task).data)
