"""Names, numbers and their search columns for any number of copied customers.

Every copy has a name out of some ten thousand, the frequent ones more often than the rare ones, and
a phone number of its own with ciphertext and indexes as the product writes them.
"""

import io
import random
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from crm_site.common.crypto import encrypt
from crm_site.demo.people import PHONE_PREFIX
from crm_site.demo.words import GIVEN_FIRST, GIVEN_SECOND, SURNAMES
from customers.indexes import phone_index, tail_index
from customers.rules.search import name_tokens, sort_key

NAMES = 50_000
PLACE = "customers_customer.phone"
# Behind the prefix of the demo, above its own numbers; coprime, so that none comes twice.
FIRST_NUMBER, NUMBERS, STEP = 1_000_000, 99_000_000, 61_803_397
LINES = 50_000  # rows sent together
STAGING = """
CREATE TEMPORARY TABLE bench_name (no int, name text, sort_key text, tokens tsvector);
CREATE TEMPORARY TABLE bench_person
    (id bigint, name_no int, phone bytea, phone_index bytea, phone_tail_index bytea)
"""


def write_people(cursor, ids: Iterable[int], *, seed: int) -> None:
    """Fill the temporary tables ``bench_name`` and ``bench_person``, one person for each id."""
    chance = random.Random(seed)
    cursor.execute(STAGING)
    _copy(cursor, "bench_name", _names(chance))
    _copy(cursor, "bench_person", _people(ids, chance))
    cursor.execute("ANALYZE bench_name; ANALYZE bench_person")


def _names(chance: random.Random) -> Iterator[str]:
    names: set[str] = set()
    while len(names) < NAMES:
        surname = SURNAMES[int(len(SURNAMES) * chance.random() ** 2)]
        second = chance.choice(GIVEN_SECOND) if chance.random() < 0.8 else ""
        names.add(surname + chance.choice(GIVEN_FIRST) + second)
    for number, name in enumerate(sorted(names, key=lambda _name: chance.random())):
        tokens = " ".join(f"'{token}'" for token in name_tokens(name))
        yield f"{number}\t{name}\t{sort_key(name)}\t{tokens}\n"


def _people(ids: Iterable[int], chance: random.Random) -> Iterator[str]:
    for place, pk in enumerate(ids):
        number = f"{PHONE_PREFIX}{FIRST_NUMBER + place * STEP % NUMBERS:08d}"
        name = int(NAMES * chance.random() ** 1.5)
        phone, index = encrypt(number, place=PLACE).hex(), phone_index(number).hex()
        yield f"{pk}\t{name}\t\\\\x{phone}\t\\\\x{index}\t\\\\x{_tail(number[-4:])}\n"


@lru_cache(maxsize=10_000)
def _tail(digits: str) -> str:
    return tail_index(digits).hex()


def _copy(cursor, table: str, lines: Iterator[str]) -> None:
    while part := "".join(islice(lines, LINES)):
        cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(part))
