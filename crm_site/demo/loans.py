"""The mortgages of the demo's buyers: applied for, papers asked for, refused, released."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from crm_site.demo import words
from crm_site.demo.hours import in_office
from customers.importers.copying import copy_rows, take_keys
from customers.models import Mortgage, MortgageEvent
from customers.payment.mortgage_rules import MortgageState as S

SUPPLEMENT_SHARE = 0.2
APPROVED_DAYS = (8, 25)  # the bank decides so long after it was asked
Step = tuple[datetime, S, str]


@dataclass(frozen=True, slots=True)
class Loan:
    """What the bank is to pay, and when it does."""

    kind: str
    amount: Decimal
    released_at: datetime


@dataclass(frozen=True, slots=True)
class Application:
    """One application with its steps; ``receipt`` is the place of its receipt, None: no money."""

    purchase: Any
    loan: Loan
    bank: str
    steps: Sequence[Step]
    receipt: int | None = None


@dataclass(slots=True)
class Loans:
    """The applications of all buyers before they are written."""

    chance: random.Random
    now: datetime
    made: list[Application] = field(default_factory=list)

    def release(
        self, purchase: Any, loan: Loan, *, after: datetime, refused: bool, receipt: int
    ) -> None:
        """Note an application whose money came, after another bank refused where ``refused``."""
        bank, span = self._bank(), loan.released_at - after
        if refused:
            bank = self._refuse(purchase, loan, after, after + span / 3)
            after, span = after + span / 3, span * 2 / 3
        steps: list[Step] = [(after, S.APPLIED, "")]
        if self.chance.random() < SUPPLEMENT_SHARE:
            steps.append((after + span / 4, S.SUPPLEMENT, self.chance.choice(words.LOAN_PAPERS)))
        steps.append((after + span / 2, S.APPROVED, ""))
        steps.append((loan.released_at, S.RELEASED, ""))
        self.made.append(Application(purchase, loan, bank, self._at_work(steps), receipt))

    def pend(
        self, purchase: Any, loan: Loan, *, after: datetime, refused: bool, ended: bool
    ) -> None:
        """Note an application that waits for the bank; one of a purchase that ended was refused."""
        bank, after = self._bank(), min(after, self.now)
        later = min(after + timedelta(days=self.chance.randint(6, 20)), self.now)
        if ended:
            self._refuse(purchase, loan, after, min(later, purchase.ended_at))
            return
        if refused:
            bank, after = self._refuse(purchase, loan, after, later), later
        steps: list[Step] = [(after, S.APPLIED, "")]
        drawn = self.chance.random()
        approved_at = after + timedelta(days=self.chance.randint(*APPROVED_DAYS))
        if drawn < SUPPLEMENT_SHARE:
            step = after + timedelta(days=self.chance.randint(2, 9))
            steps.append((step, S.SUPPLEMENT, self.chance.choice(words.LOAN_PAPERS)))
        elif drawn < 0.7 and not refused:
            steps.append((approved_at, S.APPROVED, ""))
        steps = [step for step in self._at_work(steps) if step[0] <= self.now]
        self.made.append(Application(purchase, loan, bank, steps))

    def write(self, receipts: Sequence[int]) -> None:
        """Write all of them with their steps; ``receipts`` are the keys of the receipts."""
        keys = take_keys(Mortgage, len(self.made))
        numbered = list(zip(keys, self.made, strict=True))
        copy_rows(
            Mortgage,
            (
                *("id", "purchase_id", "bank", "kind", "amount", "state", "state_since"),
                *("handler_id", "receipt_id", "created_at", "updated_at"),
            ),
            (
                (
                    *(key, one.purchase.pk, one.bank, one.loan.kind, one.loan.amount),
                    *(one.steps[-1][1].value, one.steps[-1][0], one.purchase.consultant_id),
                    None if one.receipt is None else receipts[one.receipt],
                    *(one.steps[0][0], one.steps[-1][0]),
                )
                for key, one in numbered
            ),
            {},
        )
        copy_rows(
            MortgageEvent,
            ("mortgage_id", "at", "from_state", "to_state", "note", "actor_id"),
            (
                (key, at, before, state.value, note, one.purchase.consultant_id)
                for key, one in numbered
                for (at, state, note), before in zip(
                    one.steps, ["", *(step[1].value for step in one.steps)], strict=False
                )
            ),
            {},
        )

    def _bank(self) -> str:
        return self.chance.choice(words.BANKS)

    def _refuse(self, purchase: Any, loan: Loan, after: datetime, at: datetime) -> str:
        """Note a refused application; return the bank that is asked next."""
        first = self._bank()
        steps = [(after, S.APPLIED, ""), (at, S.REFUSED, self.chance.choice(words.LOAN_REFUSED))]
        self.made.append(Application(purchase, loan, first, self._at_work(steps)))
        return words.BANKS[(words.BANKS.index(first) + 1) % len(words.BANKS)]

    def _at_work(self, steps: Sequence[Step]) -> list[Step]:
        """Return the steps in office hours, in their order; the last keeps its moment."""
        found: list[Step] = []
        after = steps[0][0]
        for at, state, note in steps[:-1]:
            after = min(
                in_office(at, chance=self.chance, after=after, until=self.now), steps[-1][0]
            )
            found.append((after, state, note))
        return [*found, (max(after, steps[-1][0]), *steps[-1][1:])]
