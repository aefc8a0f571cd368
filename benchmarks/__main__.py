"""Measure floors and product in the same run: ``make bench``.

Absolute figures differ from machine to machine, their ratios hardly. BENCH_CUSTOMERS is the size
of the company, BENCH_ONLY a comma-separated choice of the modules below. ``make bench`` with
BENCH_DATA keeps the filled database in that folder; a later run of the same size starts with it.
"""

import os
import sys
import time
from importlib import import_module

MODULES = {
    "pages": "pages",
    "reserve": "reserving",
    "radius": "radius",
    "regrade": "grading",
    "jobs": "jobs",
    "import": "imports",
    "faults": "faults",
    "import_kill": "import_kill",
    "groups": "groups",
    "complaint": "complaint",
    "board": "board",
    "survey": "survey",
    "rollups": "rollups",
    "dashboard": "dashboard",
    "churn_quality": "churn_quality",
    "churn": "churn",
    "attribution": "attribution",
    "batch": "batch",
}
BRINGS_ITS_OWN = {"churn_quality", "batch"}  # need no filled company
DEFAULT_CUSTOMERS = 100_000
SMALLEST = 1000


def main() -> int:
    """Fill the database, run the chosen benchmarks, print and keep their tables.

    Return 0 if all goals hold, 1 if one does not, 2 for a wrong choice.
    """
    customers = int(os.environ.get("BENCH_CUSTOMERS") or DEFAULT_CUSTOMERS)
    chosen = [name for name in os.environ.get("BENCH_ONLY", "").split(",") if name] or [*MODULES]
    unknown = set(chosen) - set(MODULES)
    if customers < SMALLEST or unknown:
        print(f"BENCH_CUSTOMERS: at least {SMALLEST}. BENCH_ONLY: {', '.join(MODULES)}.")
        return 2
    os.environ |= {"HTTPS": "false", "LOG_LEVEL": "WARNING"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm_site.settings")
    _prepare(customers, is_filled=bool(set(chosen) - BRINGS_ITS_OWN))
    from benchmarks.figures import publish

    missed = []
    for name in chosen:
        module = import_module(f"benchmarks.{MODULES[name]}")
        show = getattr(module, "publish", publish)
        if not show(name, customers=customers, rows=module.run(customers)):
            missed.append(name)
    if missed:
        print(f"\nGoals missed in: {', '.join(missed)}")
    return 1 if missed else 0


def _prepare(customers: int, *, is_filled: bool) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks import filled

    started = time.perf_counter()
    is_there = not is_filled or filled.is_usable(customers)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("sync_roles", verbosity=0)
    call_command("compile_translations", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    migrated = time.perf_counter()
    if not is_there:
        filled.fill_and_mark(customers)
    how = ("found" if is_there else "written") if is_filled else "not needed,"
    print(
        f"Prepared in {migrated - started:.0f} s, {customers:,} customers"
        f" {how} in {time.perf_counter() - migrated:.0f} s",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
