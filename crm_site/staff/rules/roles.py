"""Every role on one page: how far it sees, how it meets phone numbers, what it may do. Pure.

Source: PLT-13 and the table of rights in docs/rights.md. ``sync_roles`` mirrors the table into
Django's groups; the permission backend reads it directly, so a changed role counts at once.
"""

from dataclasses import dataclass, field, replace

from crm_site.staff.rules.analytics_duties import analytics_duties
from crm_site.staff.rules.marketing_duties import marketing_duties
from crm_site.staff.rules.organisation import PhoneAccess, Scope
from crm_site.staff.rules.service_duties import service_duties


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
        "customers.ask_change",
        "customers.sell_unit",
        "customers.sign_purchase",
        "customers.handle_mortgages",
        "customers.keep_papers",
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
    "customers.name_specialist",
    "customers.prepare_launch",
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
REPORT_CLAIMS = {"customers.view_claims", "customers.report_claims"}
DECIDE_CLAIMS = {"customers.view_claims", "customers.decide_claims"}

_ROLES = (
    Role("consultant", "Sales consultant", Scope.OWN, PhoneAccess.OWN, frozenset(SELL)),
    Role(
        "supervisor",
        "Sales supervisor",
        Scope.TEAM,
        PhoneAccess.REVEAL,
        frozenset(LEAD_A_TEAM | POLICY_READER | REPORT_CLAIMS | DECIDE_CLAIMS),
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
                "customers.prepare_launch",
                "customers.edit_strata",
                "customers.edit_tags",
                "customers.edit_templates",
                "customers.add_behaviour",
            }
            | WRITE_PAPERS
        ),
    ),
    Role(
        "channel",
        "Channel manager",
        Scope.PROJECT,
        PhoneAccess.MASKED,
        frozenset(VIEW | UNITS | REPORT_CLAIMS),
    ),
    Role(
        "agent",
        "Call-centre agent",
        Scope.REGION,
        PhoneAccess.REVEAL,
        frozenset(
            VIEW
            | UNITS
            | {
                "customers.work_customer_desk",
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
                "customers.ask_change",
                "customers.check_claims",
                "customers.check_launch",
                "customers.write_notices",
                "customers.hand_over_unit",
                "customers.keep_papers",
                "customers.receive_files",
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
                "customers.name_specialist",
                "customers.ask_change",
                "customers.check_claims",
                "customers.check_launch",
                "customers.keep_insurance",
                "customers.write_notices",
                "customers.hand_over_unit",
                "customers.keep_papers",
                "customers.receive_files",
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
        frozenset(
            UNITS
            | {
                "customers.decide_changes",
                "customers.keep_nodes",
                "customers.record_defects",
                "customers.sign_change_engineering",
            }
        ),
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
                "customers.view_claims",
                "customers.keep_insurance",
                "customers.pay_nodes",
                "customers.sign_change_cost",
                "customers.approve_refund",
                "customers.record_receipts",
                "customers.handle_mortgages",
                "customers.keep_papers",
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
                "customers.name_specialist",
                "customers.sell_unit",
                "customers.sign_purchase",
                "customers.handle_mortgages",
                "customers.keep_papers",
                "customers.edit_units",
                "customers.view_floor_price",
                "customers.edit_prices",
                "customers.sign_prices",
                "customers.direct_prices",
                "customers.direct_discount",
                "customers.sign_delivery",
                "customers.direct_delivery",
                "customers.disclose_project",
                "customers.prepare_launch",
                "customers.check_launch",
                "customers.keep_nodes",
                "customers.pay_nodes",
                "customers.approve_notices",
                "customers.decide_changes",
                "customers.sign_change_design",
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
            | DECIDE_CLAIMS
            | WRITE_PAPERS
            | POLICY_READER
        ),
        home="customers:team",
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
                "customers.view_claims",
                "customers.approve_notices",
                "customers.approve_refund",
                "customers.note_launch",
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
        home="customers:team",
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
    Role("partner", "Channel partner", home="marketing:partner-portal"),
    Role("customer", "Customer"),
)

ROLES: dict[str, Role] = {
    role.key: replace(
        role,
        may=role.may
        | service_duties(role.key)
        | analytics_duties(role.key)
        | marketing_duties(role.key),
    )
    for role in _ROLES
}


def role_of(key: str) -> Role:
    """Return the role ``key``; an unknown key gets a role without any right (deny by default)."""
    return ROLES.get(key) or Role(key, key)
