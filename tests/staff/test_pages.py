"""The pages of administrators: what each may see and do there."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from crm_site.audit.models import AuditEvent
from crm_site.staff.choices import ROLE_LABELS
from crm_site.staff.models import OrgNode, User
from crm_site.staff.rules.roles import ROLES

pytestmark = pytest.mark.django_db


def at(name, user):
    return reverse(f"staff:{name}", args=[user.pk])


def test_role_labels_are_those_of_the_table():
    assert {key: str(label) for key, label in ROLE_LABELS.items()}.keys() == ROLES.keys()
    from django.utils.translation import override

    with override("en"):
        assert {key: str(label) for key, label in ROLE_LABELS.items()} == {
            key: role.label for key, role in ROLES.items()
        }


def test_only_administrators_of_accounts_reach_the_pages(cast, client_for):
    allowed = {
        "/staff/": {"sysadmin", "secadmin"},
        "/staff/add/": {"sysadmin"},
        "/staff/organisation/": {"sysadmin"},
        "/audit/": {"auditor"},
        "/system/health/": {"sysadmin"},
    }
    for key, user in cast.items():
        client = client_for(user)
        for path, roles in allowed.items():
            assert client.get(path).status_code == (200 if key in roles else 403), (key, path)


def test_refusal_is_recorded_with_view_and_person(auditor, finance, client_for):
    client = client_for(auditor)
    assert client.post(at("user-deactivate", finance)).status_code == 403

    event = AuditEvent.objects.get(kind="access.refused")
    assert (event.actor_id, event.role) == (auditor.pk, "auditor")
    assert event.facts == {
        "view": "staff:user-deactivate",
        "method": "POST",
        "keys": {"user_id": finance.pk},
    }
    assert User.objects.get(pk=finance.pk).is_active


def test_list_shows_and_filters_accounts(sysadmin, finance, supervisor, client_for):
    client = client_for(sysadmin)
    everyone = client.get("/staff/")
    assert {row["person"] for row in everyone.context["rows"]} == {sysadmin, finance, supervisor}
    some = client.get("/staff/", {"role": "finance"})
    assert [row["person"] for row in some.context["rows"]] == [finance]
    assert client.get("/staff/", {"role": "emperor"}).status_code == 422


def test_list_costs_the_same_for_one_and_for_many(
    sysadmin, client_for, org, django_assert_num_queries
):
    from tests.factories import UserFactory

    client = client_for(sysadmin)
    client.get("/staff/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get("/staff/")
    UserFactory.create_batch(20, node=org.head)
    with django_assert_num_queries(len(few)):
        client.get("/staff/")


def test_new_account_gets_its_password_by_a_link_that_works_once(sysadmin, client_for, org):
    client = client_for(sysadmin)
    created = client.post(
        "/staff/add/",
        {
            "username": "wanglei",
            "name": "王磊",
            "employee_no": "E001",
            "role": "consultant",
            "node": OrgNode.objects.get(kind="head_office").pk,
        },
    )
    assert created.status_code == 302
    person = User.objects.get(username="wanglei")
    assert not person.has_usable_password()

    page = client.post(at("user-password-link", person))
    link = re.search(r"http://testserver(/accounts/password/[^<]+)", page.content.decode())[1]
    guest = Client()
    form_url = guest.get(link)["Location"]
    weak = guest.post(form_url, {"new_password1": "123", "new_password2": "123"})
    assert weak.context["form"].errors
    done = guest.post(
        form_url, {"new_password1": "Blue-boat-42x", "new_password2": "Blue-boat-42x"}
    )

    assert done.status_code == 302
    again = Client().get(link)
    assert again.context["validlink"] is False
    login = {"username": "wanglei", "password": "Blue-boat-42x"}
    assert Client().post("/accounts/login/", login).status_code == 302
    kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    assert {"staff.user_created", "staff.password_set", "login.succeeded"} <= kinds


def test_sysadmin_cannot_make_administrators(sysadmin, client_for, org):
    client = client_for(sysadmin)
    refused = client.post(
        "/staff/add/",
        {
            "username": "second",
            "name": "second",
            "role": "auditor",
            "node": OrgNode.objects.get(kind="head_office").pk,
        },
    )
    assert refused.status_code == 422
    assert not User.objects.filter(username="second").exists()


def test_sysadmin_cannot_take_over_the_auditors_account(sysadmin, auditor, client_for):
    client = client_for(sysadmin)
    page = client.get(at("user-detail", auditor)).content.decode()
    assert at("user-password-link", auditor) not in page
    for name, data in (("user-password-link", {}), ("user-second-factor-reset", {})):
        assert client.post(at(name, auditor), data).status_code == 403
    answer = client.post(at("user-role", auditor), {"role": "finance", "reason": "x"})
    assert answer.status_code == 403
    assert User.objects.get(pk=auditor.pk).role == "auditor"


def test_role_place_and_state_change_on_the_page(sysadmin, secadmin, finance, client_for, org):
    admin, security = client_for(sysadmin), client_for(secadmin)
    node = OrgNode.objects.get(kind="head_office")

    missing = security.post(at("user-role", finance), {"role": "auditor", "reason": ""})
    assert missing.status_code == 422
    security.post(at("user-role", finance), {"role": "auditor", "reason": "new post"})
    admin.post(at("user-place", finance), {"node": node.pk})
    admin.post(at("user-deactivate", finance))

    changed = User.objects.get(pk=finance.pk)
    assert (changed.role, changed.node_id, changed.is_active) == ("auditor", node.pk, False)
    admin.post(at("user-reactivate", finance))
    assert User.objects.get(pk=finance.pk).is_active
    event = AuditEvent.objects.get(kind="staff.role_changed")
    assert (event.reason, event.actor_id) == ("new post", secadmin.pk)


@pytest.mark.parametrize("name", ["user-role", "user-deactivate", "user-place"])
def test_nobody_changes_the_own_account(name, sysadmin, client_for, org):
    client = client_for(sysadmin)
    node = OrgNode.objects.filter(kind="team").first()
    data = {"role": "consultant", "reason": "x", "node": node.pk}
    assert client.post(at(name, sysadmin), data).status_code in {403, 422}
    same = User.objects.get(pk=sysadmin.pk)
    assert (same.role, same.is_active, same.node_id) == ("sysadmin", True, sysadmin.node_id)


def test_tree_shows_levels_and_grows(sysadmin, client_for, org):
    client = client_for(sysadmin)
    region = OrgNode.objects.filter(kind="region").first()
    page = client.get("/staff/organisation/")
    assert [branch.node.kind for branch in page.context["branches"]] == ["head_office"]

    client.post("/staff/organisation/", {"parent": region.pk, "code": "p9", "name": "九期"})

    project = OrgNode.objects.get(code="p9")
    assert (project.kind, project.region_id, project.project_id) == (
        "project",
        region.pk,
        project.pk,
    )
    double = client.post("/staff/organisation/", {"parent": region.pk, "code": "p9", "name": "x"})
    assert double.status_code == 422
    assert OrgNode.objects.filter(code="p9").count() == 1


def test_first_administrator_comes_by_a_link_and_only_once(db, capsys):
    call_command("create_first_admin", "root", "--base-url", "https://crm.example/")
    link = capsys.readouterr().out.split("https://crm.example")[1].strip()
    assert not User.objects.get().has_usable_password()
    assert Client().get(link).status_code == 302
    with pytest.raises(CommandError, match="already"):
        call_command("create_first_admin", "other")
    assert User.objects.count() == 1


def test_fresh_install_has_no_account(db):
    assert not User.objects.exists()


def test_first_place_is_the_head_office(client_for, db):
    admin = User.objects.create_user("root", password="x", name="root", role="sysadmin")
    client = client_for(admin)
    assert "parent" not in client.get("/staff/organisation/").context["form"].fields

    answer = client.post("/staff/organisation/", {"code": "hq", "name": "总部"})

    assert answer.status_code == 302
    node = OrgNode.objects.get()
    assert (node.kind, node.parent) == ("head_office", None)
    form = client.get("/staff/organisation/").context["form"]
    assert "parent" in form.fields
