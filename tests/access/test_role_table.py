"""The role table of the code beside the specified one: every difference is known and explained."""

import csv
import os
from pathlib import Path

import pytest

from crm_site.staff.rules.organisation import PhoneAccess, Scope
from crm_site.staff.rules.roles import ROLES, Role

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(os.environ.get("GOLDEN_DATA", ROOT.parent / "shared")) / "spec" / "roles.csv"
DOCUMENT = ROOT / "docs" / "rights.md"
SAME_ROLE = {"consultant_b": "consultant", "consultant_c": "consultant"}

VIEW, ADD = "customers.view_customer", "customers.add_customer"
CHANGE, ASSIGN = "customers.change_customer", "customers.assign_customer"
EXPORT, IMPORT = "exchange.export_customer", "exchange.import_customer"
SCOPES = {
    "own + shared + pool (masked)": Scope.OWN,
    "region (call desk)": Scope.REGION,
    "company (no customer data)": Scope.NONE,
    "company (roles and policies of security)": Scope.NONE,
    "company (audit only)": Scope.NONE,
    "company (rights and retention)": Scope.COMPANY,
}
PHONES = {
    "full for own; masked else": PhoneAccess.OWN,
    "masked; reveal with reason": PhoneAccess.REVEAL,
    "reveal for a request": PhoneAccess.REVEAL,
    "masked; no reveal": PhoneAccess.MASKED,
    "none": PhoneAccess.NONE,
}
RIGHTS = {  # column -> what may be granted there, and what each word of the table grants of it
    "customers": (
        {VIEW, ADD, CHANGE, ASSIGN},
        {
            "write": {VIEW, ADD, CHANGE},
            "write and assign": {VIEW, ADD, CHANGE, ASSIGN},
            "read and create": {VIEW, ADD},
            "write care fields": {VIEW},
            "none": set(),
        },
    ),
    "export": ({EXPORT}, {"with approval": {EXPORT}}),
    "import": (
        {IMPORT, "exchange.import_staff"},
        {"own team": {IMPORT}, "region": {IMPORT, "exchange.import_staff"}},
    ),
    "policies": (
        {"policies.view_policy", "policies.change_policy", "policies.approve_policy"},
        {
            "edit (business)": {"policies.view_policy", "policies.change_policy"},
            "approve (business)": {"policies.view_policy", "policies.approve_policy"},
            "edit (service)": {"policies.view_policy", "policies.change_policy"},
            "edit (security)": {"policies.view_policy", "policies.change_policy"},
        },
    ),
    "organisation": (
        {"staff.manage_users", "staff.manage_roles"},
        {
            "organisation and users": {"staff.manage_users"},
            "roles": {"staff.manage_roles"},
            "own team members": {"staff.manage_users"},
        },
    ),
}
# What differs on purpose, with the heading under which docs/rights.md explains it.
DIFFERENT = {
    ("engineering", "scope"): "Engineering",
    ("supervisor", "policies"): "Supervisors read policies",
    ("supervisor", "organisation"): "Team members",
    ("service_manager", "policies"): "Policies of service and security",
    ("secadmin", "policies"): "Policies of service and security",
    ("executive", "customers"): "Executives assign",
    ("sysadmin", "import"): "Import of staff",
}


def specified() -> dict[str, dict[str, str]]:
    """Return the specified rows by role."""
    if not TABLE.exists():
        pytest.skip(f"shared data absent: {TABLE}")
    with TABLE.open(encoding="utf-8") as lines:
        rows = {row["role"]: row for row in csv.DictReader(lines)}
    return {key: row for key, row in rows.items() if key not in SAME_ROLE}


def differences(role: Role, row: dict[str, str]) -> set[str]:
    """Return the columns in which the role of the code says something else than the row."""
    found = {
        column
        for column, (possible, words) in RIGHTS.items()
        if role.may & possible != words.get(row[column], {VIEW} if column == "customers" else set())
    }
    scope = SCOPES.get(row["scope"]) or Scope(row["scope"])
    found |= {"scope"} if role.scope is not scope else set()
    found |= {"phone"} if role.phone is not PHONES[row["phone"]] else set()
    return found | (
        {"second_factor"} if role.second_factor != (row["second_factor"] == "yes") else set()
    )


def test_every_difference_from_the_specified_table_is_explained() -> None:
    found = {
        (key, column) for key, row in specified().items() for column in differences(ROLES[key], row)
    }
    assert found == set(DIFFERENT)
    document = DOCUMENT.read_text(encoding="utf-8")
    for heading in DIFFERENT.values():
        assert f"| {heading} |" in document


def test_accounts_of_one_role_are_specified_alike() -> None:
    specified()
    with TABLE.open(encoding="utf-8") as lines:
        rows = {row["role"]: row for row in csv.DictReader(lines)}
    for key, role in SAME_ROLE.items():
        assert differences(ROLES[role], rows[key]) == set()


def test_roles_without_an_account_have_no_right_at_all() -> None:
    without = {"design", "procurement", "property_centre", "hr", "legal", "customer"}
    assert ROLES.keys() - specified().keys() == without | {"partner"}
    for key in without:
        role = ROLES[key]
        assert (role.may, role.scope, role.phone) == (frozenset(), Scope.NONE, PhoneAccess.NONE)


def test_partners_have_their_portal_and_nothing_else() -> None:
    role = ROLES["partner"]
    assert role.may == {"marketing.use_partner_portal"}
    assert (role.scope, role.phone) == (Scope.NONE, PhoneAccess.NONE)
