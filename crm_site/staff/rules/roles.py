"""Every role on one page: how far it sees, how it meets phone numbers, what it may do. Pure.

Source: PLT-13 and the table of rights in docs/rights.md. ``sync_roles`` mirrors the table into
Django's groups; the permission backend reads it directly, so a changed role counts at once.
"""

from dataclasses import dataclass, field

from crm_site.staff.rules.organisation import PhoneAccess, Scope


@dataclass(frozen=True, slots=True)
class Role:
    """One line of the role table; ``label`` is the English source text of the translation."""

    key: str
    label: str
    scope: Scope = Scope.NONE
    phone: PhoneAccess = PhoneAccess.NONE
    may: frozenset[str] = field(default_factory=frozenset)
    second_factor: bool = False
    home: str = "customers:today"  # URL name of the page after login


VIEW = {"customers.view_customer"}
# Whoever works for a project reads its papers and fills in its forms.
UNITS = {"customers.view_units", "documents.view_documents", "questionnaires.fill_in"}
WRITE_PAPERS = {"documents.write_documents", "questionnaires.edit_questionnaires"}
SELL = (
    VIEW
    | UNITS
    | {
        "customers.sell_unit",
        "customers.sign_purchase",
        "customers.add_customer",
        "customers.change_customer",
        "customers.log_interaction",
        "customers.work_tasks",
        "customers.record_consent",
        "customers.plan_meetings",
        "customers.share_customer",
        "customers.bulk_change",
        "customers.view_sensitive",
    }
)
LEAD_A_TEAM = SELL | {
    "customers.view_floor_price",
    "customers.edit_prices",
    "customers.sign_discount",
    "customers.control_units",
    "customers.assign_customer",
    "customers.view_team_work",
    "customers.reveal_phone",
    "customers.lock_grade",
    "customers.override_class",
    "exchange.import_customer",
    "exchange.export_customer",
    "customers.merge_customers",
    "customers.hand_over",
    "customers.edit_tags",
    "common.promote_view",
}
POLICY_READER = {"policies.view_policy"}

_ROLES = (
    Role("consultant", "Sales consultant", Scope.OWN, PhoneAccess.OWN, frozenset(SELL)),
    Role(
        "supervisor",
        "Sales supervisor",
        Scope.TEAM,
        PhoneAccess.REVEAL,
        frozenset(LEAD_A_TEAM | POLICY_READER),
    ),
    Role(
        "marketing",
        "Marketing",
        Scope.PROJECT,
        PhoneAccess.MASKED,
        frozenset(
            VIEW
            | UNITS
            | {
                "customers.disclose_project",
                "customers.edit_strata",
                "customers.edit_tags",
                "customers.edit_templates",
                "customers.add_behaviour",
            }
            | WRITE_PAPERS
        ),
    ),
    Role("channel", "Channel manager", Scope.PROJECT, PhoneAccess.MASKED, frozenset(VIEW | UNITS)),
    Role(
        "agent",
        "Call-centre agent",
        Scope.REGION,
        PhoneAccess.REVEAL,
        frozenset(
            VIEW
            | UNITS
            | {
                "customers.add_customer",
                "customers.log_interaction",
                "customers.work_tasks",
                "customers.reveal_phone",
                "customers.record_consent",
            }
        ),
    ),
    Role(
        "specialist",
        "Customer specialist",
        Scope.PROJECT,
        PhoneAccess.REVEAL,
        frozenset(
            VIEW
            | UNITS
            | {
                "customers.hand_over_unit",
                "customers.plan_delivery",
                "customers.record_defects",
                "customers.log_interaction",
                "customers.work_tasks",
                "customers.reveal_phone",
                "customers.record_consent",
                "customers.plan_meetings",
            }
        ),
    ),
    Role(
        "service_manager",
        "Customer relations centre",
        Scope.REGION,
        PhoneAccess.REVEAL,
        frozenset(
            VIEW
            | UNITS
            | {
                "customers.hand_over_unit",
                "customers.plan_delivery",
                "customers.record_defects",
                "customers.sign_delivery",
                "customers.reveal_phone",
                "customers.view_team_work",
                "customers.work_tasks",
                "customers.record_consent",
                "customers.plan_meetings",
                "customers.edit_templates",
                "documents.review_documents",
                "exchange.export_customer",
            }
            | WRITE_PAPERS
            | POLICY_READER
        ),
    ),
    Role(
        "engineering",
        "Engineering",
        Scope.NONE,
        PhoneAccess.MASKED,
        frozenset(UNITS | {"customers.record_defects"}),
        home="outbox:notification-list",
    ),
    Role(
        "finance",
        "Finance",
        Scope.REGION,
        PhoneAccess.REVEAL,
        frozenset(
            VIEW
            | UNITS
            | {
                "customers.approve_refund",
                "customers.sign_purchase",
                "customers.view_floor_price",
                "customers.sign_prices",
                "customers.reveal_phone",
                "customers.view_sensitive",
                "exchange.export_customer",
            }
        ),
    ),
    Role(
        "executive",
        "Executive",
        Scope.REGION,
        PhoneAccess.REVEAL,
        frozenset(
            VIEW
            | UNITS
            | {
                "customers.sell_unit",
                "customers.sign_purchase",
                "customers.edit_units",
                "customers.view_floor_price",
                "customers.edit_prices",
                "customers.sign_prices",
                "customers.direct_prices",
                "customers.direct_discount",
                "customers.sign_delivery",
                "customers.direct_delivery",
                "customers.disclose_project",
                "customers.control_units",
                "common.promote_view",
                "customers.reveal_phone",
                "customers.view_team_work",
                "customers.assign_customer",
                "customers.work_tasks",
                "customers.lock_grade",
                "customers.override_class",
                "customers.merge_customers",
                "customers.hand_over",
                "customers.share_customer",
                "customers.bulk_change",
                "customers.edit_tags",
                "customers.edit_strata",
                "customers.edit_playbooks",
                "customers.edit_templates",
                "customers.view_sensitive",
                "customers.view_data_categories",
                "exchange.import_customer",
                "exchange.import_staff",
                "exchange.export_customer",
                "exchange.approve_export",
                "policies.change_policy",
                "documents.approve_documents",
            }
            | WRITE_PAPERS
            | POLICY_READER
        ),
    ),
    Role(
        "head_office",
        "Head office",
        Scope.COMPANY,
        PhoneAccess.MASKED,
        frozenset(
            VIEW
            | UNITS
            | {
                "customers.approve_refund",
                "customers.edit_units",
                "customers.view_floor_price",
                "customers.sign_prices",
                "customers.direct_prices",
                "customers.preside_discount",
                "customers.preside_delivery",
                "customers.view_team_work",
                "policies.approve_policy",
                "documents.approve_documents",
                "exchange.export_customer",
                "exchange.approve_export",
            }
            | POLICY_READER
        ),
    ),
    Role(
        "sysadmin",
        "System administrator",
        Scope.NONE,
        PhoneAccess.NONE,
        frozenset({"staff.manage_users", "staff.view_health", "exchange.import_staff"}),
        second_factor=True,
        home="common:health",
    ),
    Role(
        "secadmin",
        "Security administrator",
        Scope.NONE,
        PhoneAccess.NONE,
        frozenset({"staff.manage_roles"} | POLICY_READER),
        second_factor=True,
        home="outbox:notification-list",
    ),
    Role(
        "auditor",
        "Auditor",
        Scope.NONE,
        PhoneAccess.NONE,
        frozenset({"audit.view_auditevent", "customers.view_data_categories"}),
        second_factor=True,
        home="audit:event-list",
    ),
    Role(
        "privacy",
        "Privacy officer",
        Scope.COMPANY,
        PhoneAccess.REVEAL,
        frozenset(
            VIEW
            | {
                "customers.reveal_phone",
                "customers.record_consent",
                "customers.view_sensitive",
                "customers.view_data_categories",
                "customers.set_data_category",
            }
        ),
        second_factor=True,
        home="customers:customer-list",
    ),
    # Named by the sources, without an account of their own yet: the least rights.
    Role("design", "Design"),
    Role("procurement", "Cost and procurement"),
    Role("property_centre", "Property centre"),
    Role("hr", "Human resources"),
    Role("legal", "Legal"),
    Role("partner", "Channel partner"),
    Role("customer", "Customer"),
)

ROLES: dict[str, Role] = {role.key: role for role in _ROLES}


def role_of(key: str) -> Role:
    """Return the role ``key``; an unknown key gets a role without any right (deny by default)."""
    return ROLES.get(key) or Role(key, key)
