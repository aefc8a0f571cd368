"""Which measures move which group of KPIs, as a first library (ANA-69). Pure."""

from collections.abc import Mapping

# group of KPIs -> keys of measures; their words stand in ``choices.LEVERS``
LEVERS: Mapping[str, tuple[str, ...]] = {
    "acquisition": ("channels", "portrait", "reach"),
    "retention": ("flow", "points"),
    "satisfaction": ("feedback", "speed", "meetings"),
    "value": ("loyalty", "mining"),
}
# groups that share the measures of one of the four
SAME_AS: Mapping[str, str] = {
    "sales": "acquisition",
    "service": "satisfaction",
    "quality": "satisfaction",
    "process": "satisfaction",
}


def library_group(group: str) -> str:
    """Return the group of the library that answers for a group of KPIs; empty where none does."""
    found = SAME_AS.get(group, group)
    return found if found in LEVERS else ""


def built_in(group: str) -> tuple[str, ...]:
    """Return the measures that come with the product for a group of KPIs."""
    return LEVERS.get(library_group(group), ())
