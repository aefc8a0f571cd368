"""An import of staff taken back: accounts without work go, names and teams come back."""

from datetime import timedelta

from crm_site.audit.models import AuditEvent
from crm_site.staff.models import OrgNode, User
from tests.customers.importing import imported
from tests.customers.test_import_revert import kept, reverted
from tests.factories import CustomerFactory, UserFactory

HEAD = ["exec_id", "exec_name", "team"]


def everything():
    columns = [f.attname for f in User._meta.concrete_fields]
    return list(User.objects.order_by("pk").values(*columns)), list(
        OrgNode.objects.order_by("pk").values()
    )


def test_accounts_teams_and_names_are_as_they_were(executive, org, now) -> None:
    UserFactory(name="林老", employee_no="E09", node=org.team_a)
    before = everything()
    rows = [HEAD, ["E01", "林知夏", "Team X"], ["E02", "陈思远", ""], ["E09", "林新", "Team X"]]
    job = imported(rows, actor=executive, now=now, kind="staff")
    assert job.counts == {"created": 2, "updated": 1}
    assert everything() != before
    reverted(job, now=now + timedelta(days=1))
    assert job.revert_counts == {"removed": 2, "restored": 1, "teams": 1}
    assert kept(job) == {}
    assert everything() == before
    event = AuditEvent.objects.get(kind="staff.import_reverted")
    assert (event.facts["count"], event.facts["kept"]) == (2, 0)


def test_accounts_with_work_or_a_login_and_changed_names_stay(executive, org, now) -> None:
    old = UserFactory(name="林老", employee_no="E09", node=org.team_a)
    rows = [
        *(HEAD, ["E01", "林知夏", "Team X"], ["E02", "陈思远", ""], ["E03", "何雨桐", ""]),
        *(["E04", "周舟", ""], ["E09", "林新", "Team X"]),
    ]
    job = imported(rows, actor=executive, now=now, kind="staff")
    people = {user.employee_no: user for user in User.objects.exclude(employee_no="")}
    CustomerFactory(owner=people["E01"])
    User.objects.filter(pk=people["E02"].pk).update(last_login=now)
    User.objects.filter(pk=people["E03"].pk).update(name="何雨")
    User.objects.filter(pk=old.pk).update(name="林三")
    reverted(job, now=now + timedelta(days=1))
    assert kept(job) == {2: "kept_other", 3: "kept_login", 4: "kept_edited", 6: "kept_changed"}
    assert job.kept.get(row=6).fields == ["name"]
    assert job.revert_counts == {"removed": 1, "restored": 1, "kept": 4}
    old.refresh_from_db()
    assert (old.name, old.node) == ("林三", org.team_a)
    assert not User.objects.filter(employee_no="E04").exists()
    assert OrgNode.objects.filter(name="Team X").exists()  # E01 works there
