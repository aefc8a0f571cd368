"""The dictionary of all KPIs; each part registers its own when the site starts (ANA-01).

Who names KPIs by key tells it here as well; a name that no KPI stands behind stops the start.
"""

from collections.abc import Iterable

from django.core.exceptions import ImproperlyConfigured

from analytics.kpis.kinds import Group, Kpi

OF_SPEC = "@"  # "@ANA-17": the first KPI that answers this requirement
_KPIS: dict[str, Kpi] = {}
_NAMED: dict[str, tuple[str, ...]] = {}
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


def named(name: str) -> Kpi:
    """Return the KPI of a key or of "@requirement"; raise UnknownKpiError."""
    if not name.startswith(OF_SPEC):
        return kpi_of(name)
    spec = name.removeprefix(OF_SPEC)
    found = next((kpi for kpi in all_kpis() if kpi.spec == spec), None)
    if found is None:
        raise UnknownKpiError(name)
    return found


def name_kpis(where: str, names: Iterable[str]) -> None:
    """Note that ``where`` shows the KPIs of these names; again replaces them."""
    _NAMED[where] = tuple(names)


def names() -> dict[str, tuple[str, ...]]:
    """Return all names by where they stand."""
    return dict(_NAMED)


def refuse_unknown() -> None:
    """Raise ImproperlyConfigured for names that no KPI stands behind, saying where they stand."""
    unknown = [
        f"{where}: {name}" for where, found in _NAMED.items() for name in found if not _knows(name)
    ]
    if unknown:
        raise ImproperlyConfigured("no KPI stands behind " + ", ".join(unknown))


def _knows(name: str) -> bool:
    try:
        named(name)
    except UnknownKpiError:
        return False
    return True
