"""How content the customers of the demo are, and what they answer because of it."""

import random
from collections.abc import Mapping
from typing import Final

from crm_site.demo.service import survey_words as words
from crm_site.questionnaires.rules import Outline, Question, Scale, Section

# How content people are from 1 to 5 at each point; the staff a little less than the customers.
BASE: Final = {
    "visit": 4.35,
    "signing": 4.25,
    "handover": 3.95,
    "ticket": 3.8,
    "event": 4.5,
    "yearly": 4.1,
    "acsi": 4.1,
    "kano": 4.1,
    "staff": 3.8,
}
SPREAD: Final = 0.9
TALKATIVE: Final = 0.3  # of those who are content write something
DIP_DAYS: Final = range(32, 62)  # handovers of one project went badly then
DIP: Final = 1.1
LEARNT: Final = 0.4  # by so much it became better over the year
YEAR: Final = 330
# Chances of the five answers of a pair, with the feature and without it, by place of the section.
KANO: Final = (
    ((45, 12, 30, 8, 5), (4, 6, 55, 28, 7)),  # a smart lock pleases, nobody misses it
    ((12, 70, 12, 4, 2), (1, 2, 7, 18, 72)),  # a repair within a day is taken for granted
    ((66, 20, 10, 3, 1), (2, 4, 12, 24, 58)),  # the more one sees of the progress, the better
)
WORDS: Final = ("very_bad", "bad", "fair", "good", "very_good")


class Mind:
    """One person who answers: ``level`` is how content, from 1 to 5."""

    def __init__(self, chance: random.Random, *, key: str, project_id: int | None, ago: int):
        self.chance, self.key = chance, key
        mean = BASE[key] + LEARNT * (1 - min(ago, YEAR) / YEAR) - LEARNT / 2
        if project_id is not None:
            mean += ((project_id * 7) % 5 - 2) * 0.09
            if key == "handover" and project_id % 3 == 2 and ago in DIP_DAYS:
                mean -= DIP
        self.level = min(5.0, max(1.0, chance.gauss(mean, SPREAD)))

    def answers(self, outline: Outline) -> dict[str, str]:
        """Return answers to every question by its key."""
        found: dict[str, str] = {}
        for place, section in enumerate(outline.sections):
            if self.key == "kano":
                found |= self._pair(place, section)
                continue
            for question in section.questions:
                value = self._value(question)
                if value:
                    found[question.key] = value
        return found

    def _pair(self, place: int, section: Section) -> Mapping[str, str]:
        weights = KANO[place % len(KANO)]
        return {
            question.key: self.chance.choices(question.options, chances)[0]
            for question, chances in zip(section.questions, weights, strict=True)
        }

    def _value(self, question: Question) -> str:
        near = min(5.0, max(1.0, self.level + self.chance.gauss(0, 0.45)))
        if question.scale in (Scale.WORDS, Scale.FIVE):
            step = round(near)
            return WORDS[step - 1] if question.scale == Scale.WORDS else str(step)
        if question.scale == Scale.TEN:
            return str(max(1, min(10, round(near * 2))))
        if question.scale == Scale.NPS:
            return str(max(0, min(10, round(near * 2.9 - 3.6))))
        if question.scale == Scale.YES:
            return "yes" if self.chance.random() < (5.2 - self.level) / 6 else "no"
        if question.scale == Scale.CHOICE:
            return self.chance.choices(question.options, (2, 5, 2))[0]
        return self._words()

    def _words(self) -> str:
        theme = self.key if self.key in words.GLAD else "audience"
        if self.level < 2.6:
            return self.chance.choice(words.CROSS[theme])
        if self.level > 4.2 and self.chance.random() < TALKATIVE:
            return self.chance.choice(words.GLAD[theme])
        return ""
