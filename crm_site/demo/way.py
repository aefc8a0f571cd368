"""From the first visit to the keys: everything between, in the order in which it rests on it."""

import random
from collections.abc import Sequence
from datetime import datetime

from crm_site.demo.changes import change_homes
from crm_site.demo.company import Company
from crm_site.demo.files import keep_files
from crm_site.demo.handover import plan_batches
from crm_site.demo.keys import give_keys
from crm_site.demo.launches import prepare_launches
from crm_site.demo.money import take_payments
from crm_site.demo.papers import keep_papers
from crm_site.demo.property import Site
from crm_site.demo.rounds import finish_round
from crm_site.demo.signing import Desk
from crm_site.demo.simulation import Told
from crm_site.demo.viewings import book_viewings
from crm_site.demo.works import build_works


def go_on(company: Company, sites: Sequence[Site], *, told: Told, seed: int, now: datetime) -> None:
    """Write launches, viewings, files, payments, building and handovers of the simulated sales."""
    chance = random.Random(f"{seed}:way")  # noqa: S311 -- demo data, not a secret
    desk = Desk()
    keep_papers(company, sites, desk=desk)
    prepare_launches(company, sites, now=now)
    book_viewings(company, chance=chance, now=now)
    keep_files(company, chance=chance, now=now)
    take_payments(refused=told.refused, chance=chance, now=now)
    build_works(sites, delays=told.delays, desk=desk, now=now)
    change_homes(sites, delays=told.delays, chance=chance, now=now)
    first, second = plan_batches(sites, chance=chance, desk=desk, now=now)
    give_keys(first, second, chance=chance, now=now)
    finish_round(second, now=now)
