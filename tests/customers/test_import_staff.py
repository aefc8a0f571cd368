import pytest

from crm_site.audit.models import AuditEvent
from crm_site.common.refusals import NotAllowedError
from crm_site.staff.models import OrgNode, User
from tests.customers.importing import causes, checked, imported, uploaded, written
from tests.factories import UserFactory

HEAD = ["exec_id", "exec_name", "experience_months", "team"]
ROWS = [
    HEAD,
    ["E01", "林知夏", "53", "Team B"],
    ["E02", "陈思远", "74", "Team A"],
    ["E03", "何雨桐", "31", "Team A"],
]


def test_rows_become_consultants_nobody_can_log_in_as(executive, org, now) -> None:
    job = checked(uploaded(ROWS, actor=executive, now=now, kind="staff"), now=now)
    assert job.counts == {"created": 3}
    assert job.findings == {"new_teams": {"Team A": 1, "Team B": 1}}
    assert not User.objects.filter(employee_no="E01").exists()
    written(job, now=now)
    people = User.objects.filter(employee_no__in=["E01", "E02", "E03"]).order_by("employee_no")
    assert [person.name for person in people] == ["林知夏", "陈思远", "何雨桐"]
    assert {person.role for person in people} == {"consultant"}
    assert not any(person.has_usable_password() for person in people)
    teams = OrgNode.objects.filter(name__startswith="Team ")
    chosen = OrgNode.objects.get(code=job.options["project"])
    assert {team.parent for team in teams} == {chosen}
    assert people[0].node.name == "Team B"
    assert people[1].node == people[2].node
    [event] = AuditEvent.objects.filter(kind="staff.imported")
    assert event.facts["count"] == 3


def test_the_same_file_again_changes_nothing_and_a_new_team_moves(executive, org, now) -> None:
    imported(ROWS, actor=executive, now=now, kind="staff")
    count, nodes = User.objects.count(), OrgNode.objects.count()
    again = imported(ROWS, actor=executive, now=now, kind="staff")
    assert again.counts == {"unchanged": 3}
    moved = imported(
        [HEAD, ["E01", "林知夏", "53", "Team A"]], actor=executive, now=now, kind="staff"
    )
    assert moved.counts == {"updated": 1}
    assert User.objects.get(employee_no="E01").node.name == "Team A"
    assert (User.objects.count(), OrgNode.objects.count()) == (count, nodes)


def test_rows_that_cannot_be_taken(executive, org, now) -> None:
    UserFactory(employee_no="E09", role="finance", node=org.region_east)
    UserFactory(employee_no="E08", role="consultant", node=org.team_c)
    rows = [
        HEAD,
        ["", "甲", "", ""],
        ["E05", "", "", ""],
        ["E09", "乙", "", ""],
        ["E08", "丙", "", ""],
        ["E06", "丁", "", ""],
        ["E06", "戊", "", ""],
    ]
    job = imported(rows, actor=executive, now=now, kind="staff")
    assert causes(job) == {
        "no_employee_no": [2],
        "no_name": [3],
        "other_role": [4],
        "exists_elsewhere": [5],
        "repeated_staff": [7],
    }
    assert User.objects.get(employee_no="E09").role == "finance"
    assert User.objects.get(employee_no="E06").name == "丁"


@pytest.mark.parametrize("role", ["supervisor", "consultant", "head_office"])
def test_other_roles_import_no_staff(cast, now, role) -> None:
    with pytest.raises(NotAllowedError):
        uploaded(ROWS, actor=cast[role], now=now, kind="staff")
