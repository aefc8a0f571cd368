"""Fills in the forms of pages so that they are taken, as a person would."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.access.page_forms import Control, PageForm

FREE = "甲乙"
LATER = f"{timezone.localtime() + timedelta(days=3):%Y-%m-%dT%H:%M}"
# what a form needs beyond its kinds of controls, by the end of its address
NEEDED: dict[str, dict[str, Any]] = {
    "/customers/add/": {"phone": "13712340001", "budget_min": None, "budget_max": None},
    "/edit/": {"phone": "13712340002", "annual_income": None, "birthday": None, "customer": None},
    "/upkeep/add/": {"customer": None, "every_days": "30", "minutes": "60", "ends_on": None},
    "/meetings/add/": {"ends_at": LATER},
    "/notifications/preferences/": {"ends": "11:00"},
    "/strata/add/": {"budget_min": "100", "budget_max": "200"},
    "/staff/add/": {"username": "newcomer", "employee_no": "7788"},
    "/staff/organisation/": {"code": "newplace"},
    "/tasks/add/": {"customer": None},
    "/relations/": {"other": None, "phone": "13712340003"},
}


def value_for(control: Control) -> Any:
    """Return what stands in a control or, where it is empty, something it takes."""
    soon = timezone.localtime() + timedelta(days=2)
    if control.kind == "date":
        return control.values[0] if any(control.values) else f"{soon:%Y-%m-%d}"
    if control.kind == "datetime-local":
        return f"{soon:%Y-%m-%dT%H:%M}"
    if control.kind == "time":
        return "10:00"
    if control.kind == "number":
        return control.values[0] if any(control.values) else "1"
    if control.kind == "select":
        filled = [value for value in control.values if value]
        return filled or next(([value] for value in control.options if value), [])
    if control.kind in {"checkbox", "radio"}:
        return control.values or control.options[:1]
    if control.kind == "file":
        return None
    return control.values[0] if any(control.values) else FREE


def filled(form: PageForm, url: str, *, ticked: bool = True) -> dict[str, Any]:
    """Return a filled form; without ``ticked`` its boxes stay as they are."""
    values: dict[str, Any] = {}
    for control in form.typed:
        if control.kind == "checkbox" and not ticked:
            continue
        if control.name not in values:
            values[control.name] = value_for(control)
    for ending, needed in NEEDED.items():
        if url.split("?")[0].endswith(ending):
            values |= {name: value for name, value in needed.items() if name in form.names}
    return form.data(**values)
