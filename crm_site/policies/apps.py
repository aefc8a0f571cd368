from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PoliciesConfig(AppConfig):
    name = "crm_site.policies"
    label = "policies"

    def ready(self) -> None:
        """Declare the steps of a change and offer the pages."""
        from crm_site.audit.events import declare
        from crm_site.common.marks import Mark, register_marks
        from crm_site.common.navigation import register_entry
        from crm_site.policies import accounts

        accounts.register()
        declare("policy.proposed", _("Policy change drafted"))
        declare("policy.submitted", _("Policy change submitted"))
        declare("policy.approved", _("Policy change approved"))
        declare("policy.rejected", _("Policy change rejected"))
        declare("policy.withdrawn", _("Policy change withdrawn"))
        register_marks(
            "policy",
            {
                "draft": Mark("", "ring", _("Draft")),
                "submitted": Mark("amber", "half", _("Awaiting approval")),
                "approved": Mark("green", "tick", _("Approved")),
                "rejected": Mark("", "cross", _("Rejected")),
            },
        )
        register_entry(
            "policies",
            "policies:policy-list",
            _("Policies"),
            "sliders",
            800,
            "policies.view_policy",
        )
