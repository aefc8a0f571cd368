"""What projects and units tell the other parts: subjects, events, import, search, policies."""

from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import declare
from crm_site.common.navigation import register_entry
from crm_site.common.search_groups import register_search_group
from crm_site.common.subjects import Subject, register_subject
from crm_site.exchange.registry import register_importer, register_messages
from customers.models import Project
from customers.property import expiring, gates, phases, policies
from customers.property.importing import units as importing
from customers.property.importing.messages import MESSAGES
from customers.property.search import find_units

EVENTS = {
    "unit.imported": _("Units imported"),
    "unit.import_reverted": _("Import of units reverted"),
    "unit.measured": _("Unit measured"),
    "unit.changed": _("Unit changed"),
    "project.saved": _("Project saved"),
    "project.launched": _("Project launched"),
    "project.on_sale": _("Project noted as on sale already"),
    "project.disclosed": _("Item of the sales hall ticked"),
    "project.disclosure_withdrawn": _("Item of the sales hall taken back"),
    "projectphase.saved": _("Phase of a project saved"),
    "certificate.saved": _("Certificate saved"),
    "building.saved": _("Building saved"),
    "adversefactor.saved": _("Adverse factor saved"),
    "adversefactor.ended": _("Adverse factor ended"),
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    phases.register()
    gates.register()
    expiring.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    register_subject(
        Subject(
            kind="project",
            model="customers.Project",
            visible_to=lambda user: Project.objects.visible_to(user),
            title=str,
            url_name="customers:project-detail",
        )
    )
    register_importer(importing.IMPORTER)
    register_messages(MESSAGES)
    register_search_group("units", _("Units"), find_units)
    view = "customers.view_units"
    register_entry(
        "projects", "customers:project-list", _("Projects"), "layers", 41, view, parent="units"
    )
    register_entry(
        "imports-units", "exchange:import-start", _("Import"), "upload", 600, "customers.edit_units"
    )
