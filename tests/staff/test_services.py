"""Places, accounts, roles: what each change writes and ends."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from knox.models import AuthToken

from crm_site.audit.models import AuditEvent
from crm_site.staff import services
from crm_site.staff.models import OrgNode, User
from crm_site.staff.role_sync import UnknownPermissionError, sync_roles
from crm_site.staff.rules import roles as role_table
from crm_site.staff.selectors import consultants_in, superiors

pytestmark = pytest.mark.django_db


def tree():
    head = services.create_node(kind="head_office", code="hq", name="总部", parent=None)
    region = services.create_node(kind="region", code="east", name="华东", parent=head)
    project = services.create_node(kind="project", code="p1", name="一期", parent=region)
    team = services.create_node(kind="team", code="t1", name="一组", parent=project)
    return head, region, project, team


def person(username, role, node):
    return services.create_user(
        username=username, name=username, role=role, node=node, password="right-horse-7"
    )


def test_nodes_carry_the_levels_above_them():
    head, region, project, team = tree()
    assert (head.region, head.project) == (None, None)
    assert (region.region, region.project) == (region, None)
    assert (project.region, project.project) == (region, project)
    assert (team.region, team.project) == (region, project)
    stored = OrgNode.objects.get(pk=project.pk)
    assert (stored.region_id, stored.project_id) == (region.pk, project.pk)


def test_node_under_the_wrong_level_is_refused():
    _head, region, _project, _team = tree()
    with pytest.raises(ValidationError):
        services.create_node(kind="team", code="x", name="x", parent=region)
    assert OrgNode.objects.count() == 4


def test_superiors_climb_from_team_to_region():
    head, region, project, team = tree()
    seller = person("seller", "consultant", team)
    lead = person("lead", "supervisor", team)
    boss = person("boss", "executive", region)
    near = person("near", "executive", project)
    centre = person("centre", "service_manager", region)
    caller = person("caller", "agent", region)
    person("far", "head_office", head)
    other = services.create_node(kind="team", code="t2", name="二组", parent=project)
    person("stranger", "supervisor", other)

    assert superiors(seller) == [lead, near, boss]
    assert superiors(caller) == [centre, boss]
    services.deactivate(user=lead, actor=None)
    assert superiors(seller) == [near, boss]
    assert superiors(User(role="auditor", node=head)) == []


def test_consultants_are_found_at_and_below_a_place():
    head, region, project, team = tree()
    first = person("first", "consultant", team)
    second = person("second", "consultant", project)
    person("lead", "supervisor", team)
    services.deactivate(user=person("gone", "consultant", team), actor=None)

    assert list(consultants_in(team)) == [first]
    for place in (project, region, head):
        assert list(consultants_in(place)) == [first, second]


def test_account_without_password_opens_only_by_link():
    user = services.create_user(username="new", name="新人", role="consultant", node=None)
    assert not user.has_usable_password()


def test_deactivation_ends_sessions_and_tokens_at_once(finance, sysadmin, client_for, now):
    client = client_for(finance)
    AuthToken.objects.create(user=finance)
    assert client.get("/accounts/password/").status_code == 200

    services.deactivate(user=finance, actor=sysadmin, now=now)

    assert client.get("/accounts/password/").status_code == 302
    assert not AuthToken.objects.exists()
    services.reactivate(user=finance, actor=sysadmin, now=now)
    assert client.get("/accounts/password/").status_code == 302  # the old cookie stays dead
    assert list(AuditEvent.objects.order_by("id").values_list("kind", flat=True)) == [
        "staff.user_deactivated",
        "staff.user_reactivated",
    ]


def test_changed_role_counts_with_the_next_request(supervisor, secadmin, client_for, now):
    client = client_for(supervisor)
    AuthToken.objects.create(user=supervisor)

    services.change_role(user=supervisor, role="consultant", actor=secadmin, now=now)

    assert client.get("/accounts/password/").status_code == 302
    assert not AuthToken.objects.exists()
    changed = User.objects.get(pk=supervisor.pk)
    assert not changed.has_perm("customers.assign_customer")
    event = AuditEvent.objects.get(kind="staff.role_changed")
    assert (event.actor_id, event.facts) == (
        secadmin.pk,
        {"before": "supervisor", "after": "consultant"},
    )


@pytest.mark.parametrize(
    ("who", "whom", "role"),
    [
        ("secadmin", "secadmin", "sysadmin"),  # own role
        ("sysadmin", "sysadmin", "secadmin"),
        ("sysadmin", "finance", "auditor"),  # administration is given by the security admin
        ("sysadmin", "auditor", "finance"),
        ("auditor", "finance", "sysadmin"),
        ("supervisor", "finance", "supervisor"),
    ],
)
def test_role_change_beyond_ones_rights_is_refused(who, whom, role, cast, now):
    with pytest.raises(PermissionDenied):
        services.change_role(user=cast[whom], role=role, actor=cast[who], now=now)
    assert User.objects.get(pk=cast[whom].pk).role == whom
    assert not AuditEvent.objects.exists()


def test_unknown_role_is_refused(finance, secadmin, now):
    with pytest.raises(ValidationError):
        services.change_role(user=finance, role="emperor", actor=secadmin, now=now)
    assert User.objects.get(pk=finance.pk).role == "finance"


@pytest.mark.check("A-34")
def test_business_write_fails_when_the_trail_cannot_be_written(finance, secadmin, now, monkeypatch):
    def sink_is_down(**_):
        raise OSError("sink down")

    monkeypatch.setattr(services, "record", sink_is_down)
    with pytest.raises(OSError, match="sink down"):
        services.change_role(user=finance, role="marketing", actor=secadmin, now=now)
    assert User.objects.get(pk=finance.pk).role == "finance"


def test_nobody_holds_two_of_the_administrative_roles():
    rights = {
        "sysadmin": "staff.manage_users",
        "secadmin": "staff.manage_roles",
        "auditor": "audit.view_auditevent",
    }
    for role, right in rights.items():
        held = {other for other, may in role_table.ROLES.items() if right in may.may}
        assert held == {role}
    for role in rights:
        assert "customers.view_customer" not in role_table.ROLES[role].may


def test_sync_roles_mirrors_the_table_and_repeats_without_change(capsys):
    Group.objects.create(name="left-over")
    spare = Permission.objects.get(codename="view_auditevent")
    Group.objects.create(name="consultant").permissions.add(spare)

    call_command("sync_roles")
    first = capsys.readouterr().out
    call_command("sync_roles")
    second = capsys.readouterr().out

    total = sum(len(role.may) for role in role_table.ROLES.values())
    number = len(role_table.ROLES)
    assert first == (
        f"Roles: {number}. Groups created: {number - 1}, removed: 1. "
        f"Permissions granted: {total}, withdrawn: 1.\n"
    )
    assert "created: 0, removed: 0. Permissions granted: 0, withdrawn: 0." in second
    assert set(Group.objects.values_list("name", flat=True)) == set(role_table.ROLES)
    supervisor = Group.objects.get(name="supervisor").permissions
    granted = {f"{p.content_type.app_label}.{p.codename}" for p in supervisor.all()}
    assert granted == role_table.ROLES["supervisor"].may


def test_permission_nobody_declares_stops_the_sync(monkeypatch):
    wrong = role_table.Role("ghost", "Ghost", may=frozenset({"customers.haunt"}))
    monkeypatch.setitem(role_table.ROLES, "ghost", wrong)
    with pytest.raises(UnknownPermissionError, match=r"customers\.haunt"):
        sync_roles()
    with pytest.raises(CommandError, match=r"customers\.haunt"):
        call_command("sync_roles")
    assert not Group.objects.exists()
