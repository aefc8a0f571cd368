"""Who answers for whom: the roles above a role, nearest first. Pure."""

SALES_LINE = ("supervisor", "executive")
SERVICE_LINE = ("service_manager", "executive")

SUPERIOR_ROLES: dict[str, tuple[str, ...]] = {
    "consultant": SALES_LINE,
    "supervisor": ("executive",),
    "marketing": ("executive",),
    "channel": ("executive",),
    "agent": SERVICE_LINE,
    "specialist": SERVICE_LINE,
    "engineering": SERVICE_LINE,
    "service_manager": ("executive",),
    "finance": ("executive",),
    "executive": ("head_office",),
}

# Administration of the system is split between these: nobody holds two of them.
ADMINISTRATIVE_ROLES = frozenset({"sysadmin", "secadmin", "auditor", "privacy"})


def superior_roles(role: str) -> tuple[str, ...]:
    """Return the roles that escalations of ``role`` climb through, in that order."""
    return SUPERIOR_ROLES.get(role, ())
