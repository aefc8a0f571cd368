"""Who can look after the buyers of a project."""

from django.db.models import Q, QuerySet

from crm_site.staff.models import User
from customers.models.project import Project

SPECIALIST = "specialist"


def specialists_near(project: Project) -> QuerySet[User]:
    """Return the active customer specialists of a project, and those of its region without one."""
    people = User.objects.filter(is_active=True, role=SPECIALIST)
    region = Q(node__project_id=None, node__region_id=project.node.region_id)
    return people.filter(Q(node__project_id=project.pk) | region).order_by("name", "pk")
