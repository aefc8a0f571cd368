"""Three administrators who exclude each other, and nobody who signs the own request (A-06)."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from crm_site.approvals import services as approvals
from crm_site.approvals.models import Approval, ApprovalSignature
from crm_site.audit.models import AuditEvent
from crm_site.exchange.export_models import ExportJob
from crm_site.policies import services as policies
from crm_site.policies.models import PolicyVersion
from crm_site.staff import services
from crm_site.staff.models import User
from crm_site.staff.rules import roles as role_table
from customers.exporting import COLUMNS
from customers.policies import MANDATORY
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
KEYS = {  # the right that makes the administrator
    "sysadmin": "staff.manage_users",
    "secadmin": "staff.manage_roles",
    "auditor": "audit.view_auditevent",
}


def refusals(user):
    return AuditEvent.objects.filter(kind="access.refused", actor=user).count()


@pytest.mark.check("A-06")
@pytest.mark.parametrize(
    ("who", "method", "path", "data"),
    [
        ("sysadmin", "get", "/audit/", {}),
        ("sysadmin", "post", "/audit/chain/", {}),
        ("sysadmin", "get", "/customers/", {}),
        ("sysadmin", "get", "/api/v1/customers/", {}),
        ("sysadmin", "get", "/policies/", {}),
        ("auditor", "get", "/staff/", {}),
        ("auditor", "post", "/staff/{}/role/", {"role": "auditor", "reason": "x"}),
        ("auditor", "post", "/staff/{}/deactivate/", {}),
        ("auditor", "post", "/staff/{}/second-factor/reset/", {}),
        ("auditor", "post", "/staff/{}/password-link/", {}),
        ("auditor", "get", "/customers/", {}),
        ("auditor", "get", "/api/v1/customers/", {}),
        ("secadmin", "get", "/customers/", {}),
        ("secadmin", "get", "/api/v1/customers/", {}),
        ("secadmin", "get", "/audit/", {}),
        ("secadmin", "post", "/staff/add/", {"username": "x", "name": "x", "role": "auditor"}),
        ("secadmin", "post", "/staff/{}/deactivate/", {}),
    ],
)
def test_what_another_administrator_does_is_refused_and_the_refusal_audited(
    who, method, path, data, cast, client_for
):
    client = client_for(cast[who])
    before = list(User.objects.order_by("pk").values())
    answer = getattr(client, method)(path.format(cast["finance"].pk), data)
    assert answer.status_code == 403
    assert refusals(cast[who]) == 1
    assert list(User.objects.order_by("pk").values()) == before


@pytest.mark.check("A-06")
@pytest.mark.parametrize("role", ["sysadmin,auditor", "sysadmin auditor", "", "root"])
def test_nobody_holds_two_of_the_three_roles(role, finance, secadmin, client_for):
    for key, right in KEYS.items():
        assert {name for name, held in role_table.ROLES.items() if right in held.may} == {key}
    with pytest.raises(ValidationError):
        services.change_role(user=finance, role=role, actor=secadmin)
    url = reverse("staff:user-role", args=[finance.pk])
    both = client_for(secadmin).post(url, {"role": [role, "auditor,secadmin"], "reason": "x"})
    assert both.status_code == 422
    assert User.objects.get(pk=finance.pk).role == "finance"


@pytest.mark.check("A-06")
def test_flags_and_groups_of_django_give_no_right(sysadmin, client_for):
    """Whoever can write to the table of accounts still needs the role."""
    from django.contrib.auth.models import Group, Permission

    group = Group.objects.create(name="auditors")
    group.permissions.add(Permission.objects.get(codename="view_auditevent"))
    sysadmin.groups.add(group)
    User.objects.filter(pk=sysadmin.pk).update(is_superuser=True, is_staff=True)
    assert client_for(sysadmin).get("/audit/").status_code == 403


@pytest.mark.check("A-06")
def test_one_person_with_two_accounts_is_refused(sysadmin, finance):
    User.objects.filter(pk=finance.pk).update(employee_no="E001")
    with pytest.raises(IntegrityError), transaction.atomic():
        services.create_user(
            username="second", name="second", role="auditor", node=None, employee_no="E001"
        )
    assert not User.objects.filter(username="second").exists()


@pytest.mark.check("A-06")
def test_a_role_table_that_mixes_two_of_them_is_noticed(monkeypatch):
    """Negative control of the table: one more right and the test above goes red."""
    mixed = role_table.Role("sysadmin", "x", may=frozenset(KEYS.values()))
    monkeypatch.setitem(role_table.ROLES, "sysadmin", mixed)
    holders = {
        key: {name for name, held in role_table.ROLES.items() if right in held.may}
        for key, right in KEYS.items()
    }
    assert holders["auditor"] == {"auditor", "sysadmin"}
    assert User(role="sysadmin").has_perm("audit.view_auditevent")


@pytest.fixture
def own_request(executive, head_office, client_for):
    """Return an executive's own export, which executives may sign, and the executive's browser."""
    CustomerFactory(owner=executive)
    client = client_for(executive)
    data = {"reason": "月度复盘", "columns": [c.key for c in COLUMNS], "idempotency_key": "k"}
    assert client.post("/exports/new/customers/?view=all", data).status_code == 302
    return client, Approval.objects.get(export=ExportJob.objects.get())


def sign(client, approval):
    url = reverse("approvals:approval-sign", args=[approval.pk])
    return client.post(url, {"digest": approval.digest})


@pytest.mark.check("A-06")
def test_nobody_approves_the_own_export(own_request, executive):
    client, approval = own_request
    assert executive.has_perm(approval.steps[0])
    assert sign(client, approval).status_code == 403
    approval.refresh_from_db()
    assert (approval.state, ApprovalSignature.objects.count()) == ("waiting", 0)
    assert refusals(executive) == 1


@pytest.mark.check("A-06")
def test_nobody_approves_the_own_policy(head_office, executive, client_for, monkeypatch):
    both = role_table.Role(
        "head_office",
        "x",
        may=role_table.ROLES["head_office"].may | {"policies.change_policy"},
    )
    monkeypatch.setitem(role_table.ROLES, "head_office", both)
    now = timezone.now()
    payload = policies.to_json(policies.in_force(MANDATORY, at=now).value)
    draft = policies.propose(
        key=MANDATORY, payload=payload, valid_from=None, reason="x", author=head_office, now=now
    )
    policies.submit(version_id=draft.pk, author=head_office, now=now)
    url = reverse("policies:policy-approve", args=[MANDATORY, draft.version])
    assert client_for(head_office).post(url).status_code == 403
    assert PolicyVersion.objects.get(pk=draft.pk).state == "submitted"
    assert refusals(head_office) == 1


@pytest.mark.check("A-06")
def test_without_the_rule_the_database_still_refuses_and_without_both_it_happens(
    own_request, executive, monkeypatch
):
    """Negative control in two steps: the service's rule off, then the constraint too."""
    _client, approval = own_request
    step = approvals._step_for

    def lenient(row, signer):
        other = User(pk=signer.pk + 10**6, role=signer.role, node_id=signer.node_id)
        return step(row, other)

    monkeypatch.setattr(approvals, "_step_for", lenient)
    asked = {"approval_id": approval.pk, "digest": approval.digest, "signer": executive}
    with pytest.raises(IntegrityError), transaction.atomic():
        approvals.sign(**asked, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE approvals_approvalsignature"
            " DROP CONSTRAINT approval_not_signed_by_requester"
        )
    assert approvals.sign(**asked, now=timezone.now()).state == "approved"
