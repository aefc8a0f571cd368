"""Builds the people and places that tests tell their stories with; valid by default."""

from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from crm_site.common.crypto import blind_index
from crm_site.staff.models import OrgNode, User
from crm_site.staff.rules.organisation import NodeKind
from customers.models import Customer, Interaction, Lead, Project, ProjectLaunch, Task

NOW = datetime(2026, 5, 20, 2, 32, tzinfo=UTC)  # Wednesday 10:32 in Shanghai


class OrgNodeFactory(DjangoModelFactory[OrgNode]):
    class Meta:
        model = OrgNode

    kind = NodeKind.TEAM.value
    code = factory.Sequence(lambda n: f"node-{n}")
    name = factory.Sequence(lambda n: f"组织{n}")


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"员工{n}")
    role = "consultant"
    password = factory.django.Password("right-horse-7")


class CustomerFactory(DjangoModelFactory[Customer]):
    class Meta:
        model = Customer

    name = factory.Sequence(lambda n: f"张三{n}")
    sort_key = factory.LazyAttribute(lambda o: o.name)
    tokens = factory.LazyAttribute(lambda o: list(o.name))
    phone = factory.Sequence(lambda n: f"+86154{n:08d}")
    phone_index = factory.LazyAttribute(
        lambda o: blind_index(o.phone, scope="phone") if o.phone else None
    )
    phone_tail_index = factory.LazyAttribute(
        lambda o: blind_index(o.phone[-4:], scope="phone-tail") if o.phone else None
    )
    source = "walk_in"

    @classmethod
    def _adjust_kwargs(cls, **kwargs: Any) -> dict[str, Any]:
        owner = kwargs.get("owner")
        if owner is not None:
            kwargs.setdefault("owned_since", NOW - timedelta(days=3))
            node = owner.node
            kwargs.setdefault("team", node)
            kwargs.setdefault("project_id", node.project_id)
            kwargs.setdefault("region_id", node.region_id)
        return kwargs


class LeadFactory(DjangoModelFactory[Lead]):
    class Meta:
        model = Lead

    customer = factory.SubFactory(CustomerFactory)
    project = factory.LazyAttribute(lambda o: o.customer.project)
    source = "walk_in"
    capture_point = "front_desk"
    received_at = NOW - timedelta(hours=2)
    owner = factory.LazyAttribute(lambda o: o.customer.owner)
    state = factory.LazyAttribute(lambda o: "assigned" if o.owner else "new")


class InteractionFactory(DjangoModelFactory[Interaction]):
    class Meta:
        model = Interaction

    customer = factory.SubFactory(CustomerFactory)
    channel = "phone"
    result = "reached"
    content = "约了周六看样板间"
    at = NOW - timedelta(days=1)


class TaskFactory(DjangoModelFactory[Task]):
    class Meta:
        model = Task

    title = "电话回访"
    customer = factory.SubFactory(CustomerFactory)
    owner = factory.LazyAttribute(lambda o: o.customer.owner)
    due_at = NOW + timedelta(hours=3)
    source = "manual"


class Organisation:
    """Head office, two regions, three projects and their teams, as most tests need them."""

    def __init__(self) -> None:
        self.head = OrgNodeFactory(kind=NodeKind.HEAD_OFFICE, code="head", name="总部")
        self.region_east = self._node(NodeKind.REGION, "east", "华东区域", self.head)
        self.region_south = self._node(NodeKind.REGION, "south", "华南区域", self.head)
        self.project_one = self._project("yunqili", "云栖里", self.region_east)
        self.project_two = self._project("jiangnanli", "江南里", self.region_east)
        self.project_three = self._project("binhaiwan", "滨海湾", self.region_south)
        self.team_a = self._node(NodeKind.TEAM, "yunqili-a", "云栖里一组", self.project_one.node)
        self.team_a2 = self._node(NodeKind.TEAM, "yunqili-b", "云栖里二组", self.project_one.node)
        self.team_b = self._node(NodeKind.TEAM, "jiangnanli-a", "江南里一组", self.project_two.node)
        self.team_c = self._node(
            NodeKind.TEAM, "binhaiwan-a", "滨海湾一组", self.project_three.node
        )

    @staticmethod
    def _node(kind: NodeKind, code: str, name: str, parent: OrgNode) -> OrgNode:
        node = OrgNodeFactory(
            kind=kind,
            code=code,
            name=name,
            parent=parent,
            region_id=parent.region_id,
            project_id=parent.project_id,
        )
        own = {NodeKind.REGION: "region_id", NodeKind.PROJECT: "project_id"}.get(kind)
        if own:
            setattr(node, own, node.pk)
            node.save(update_fields=[own])
        return node

    def _project(self, code: str, name: str, region: OrgNode) -> Project:
        node = self._node(NodeKind.PROJECT, code, name, region)
        project = Project.objects.create(node=node, code=code, name=name, city="杭州")
        ProjectLaunch.objects.create(project=project, launched_at=NOW - timedelta(days=90))
        return project
