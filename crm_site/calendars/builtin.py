"""The work calendars every installation starts with; a row of the same key replaces one."""

import datetime as dt
from typing import Final

from crm_site.calendars.rules.plans import Closure, Hours, Season, Window, WorkPlan

SERVICE_DESK: Final = "service_desk"
SALES_OFFICE: Final = "sales_office"
HOTLINE: Final = "hotline"

# First day of the lunar year. The sales office closes from the eve to the third day (four days).
LUNAR_NEW_YEAR: Final = (
    dt.date(2024, 2, 10),
    dt.date(2025, 1, 29),
    dt.date(2026, 2, 17),
    dt.date(2027, 2, 6),
    dt.date(2028, 1, 26),
    dt.date(2029, 2, 13),
    dt.date(2030, 2, 3),
    dt.date(2031, 1, 23),
    dt.date(2032, 2, 11),
    dt.date(2033, 1, 31),
    dt.date(2034, 2, 19),
    dt.date(2035, 2, 8),
)

MORNING = Window(8 * 60 + 30, 12 * 60)
AFTERNOON = Window(13 * 60 + 30, 18 * 60)
OPEN_HOURS = (Window(9 * 60, 18 * 60),)
WINTER_HOURS = (Window(9 * 60, 17 * 60 + 30),)

BUILTIN_PLANS: Final = {
    # Monday to Friday and make-up working days, lunch left out.
    SERVICE_DESK: WorkPlan(hours=Hours(workday=(MORNING, AFTERNOON))),
    # Every day of the week and every public holiday, except around the lunar New Year.
    SALES_OFFICE: WorkPlan(
        hours=Hours(workday=OPEN_HOURS, weekend=OPEN_HOURS),
        follows_public_holidays=False,
        closures=tuple(
            Closure("Spring Festival", day - dt.timedelta(days=1), day + dt.timedelta(days=2))
            for day in LUNAR_NEW_YEAR
        ),
        closures_through=LUNAR_NEW_YEAR[-1].year,
    ),
    # Staffed every day; outside these hours the line answers automatically (SVC-21, SVC-22).
    HOTLINE: WorkPlan(
        hours=Hours(workday=WINTER_HOURS, weekend=WINTER_HOURS),
        follows_public_holidays=False,
        seasons=(Season("summer", (5, 1), (9, 30), Hours(workday=OPEN_HOURS, weekend=OPEN_HOURS)),),
    ),
}
