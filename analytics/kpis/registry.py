"""The dictionary of all KPIs; each part registers its own when the site starts (ANA-01)."""

from analytics.kpis.kinds import Group, Kpi

_KPIS: dict[str, Kpi] = {}
_ORDER = {group: number for number, group in enumerate(Group)}


class UnknownKpiError(LookupError):
    """There is no KPI of this key."""


def register_kpi(kpi: Kpi) -> None:
    """Make ``kpi`` known; registering again replaces it."""
    _KPIS[kpi.key] = kpi


def kpi_of(key: str) -> Kpi:
    """Return the KPI of a key; raise UnknownKpiError."""
    try:
        return _KPIS[key]
    except KeyError:
        raise UnknownKpiError(key) from None


def all_kpis() -> list[Kpi]:
    """Return every KPI by group, within a group as registered."""
    return sorted(_KPIS.values(), key=lambda kpi: _ORDER[kpi.group])
