"""The help page: asked, answered from published articles, remembered for the hand-over (SVC-12)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.common.refusals import RefusedError
from service.knowledge.article_models import Article
from service.knowledge.choices import HELP
from service.knowledge.finding import Answer, answers_to
from service.knowledge.help_models import HelpAnswer, HelpTalk, HelpTurn
from service.knowledge.rules.matching import clean_question, core_of
from service.knowledge.services.articles import count_rating, note_use
from service.knowledge.services.missing import note_missing

MOST_TURNS = 100


def begin_talk(*, language: str, now: datetime) -> HelpTalk:
    """Return a new talk."""
    return HelpTalk.objects.create(language=language[:10], started_at=now, last_at=now)


@transaction.atomic
def ask(*, talk: HelpTalk, question: str, now: datetime) -> tuple[HelpTurn, list[Answer]]:
    """Write a question into the talk with the articles that answer it, and return both.

    Only public articles in force answer. A question without an answer joins the list of those;
    the same question again in one talk is answered, but neither counted nor collected twice.
    Raise RefusedError for a question without words and for a talk that never ends.
    """
    text = clean_question(question)
    if not core_of(text):
        raise RefusedError(_("Write your question in a few words."))
    row = HelpTalk.objects.select_for_update().get(pk=talk.pk)
    count = row.turns.count()
    if count >= MOST_TURNS:
        raise RefusedError(_("Please ask a person to take over: this talk has become long."))
    is_repeated = row.turns.filter(question=text).exists()
    turn = HelpTurn.objects.create(talk=row, number=count + 1, question=text, at=now)
    found = answers_to(text, Article.objects.public(), now=now)
    HelpAnswer.objects.bulk_create(
        HelpAnswer(turn=turn, article=one.article, version=one.version, place=place)
        for place, one in enumerate(found, start=1)
    )
    if not is_repeated:
        note_use([(one.article, one.version) for one in found], source=HELP, actor=None, now=now)
    if not found and not is_repeated:
        note_missing(question=text, source=HELP, actor=None, now=now)
    row.last_at = now
    row.save(update_fields=["last_at"])
    return turn, found


@transaction.atomic
def rate_turn(*, turn: HelpTurn, helped: bool, now: datetime) -> None:
    """Keep whether the answers of a turn helped; a question that stays open is collected."""
    row = HelpTurn.objects.select_for_update().get(pk=turn.pk)
    before = row.helped
    if before is helped:
        return
    row.helped = helped
    row.save(update_fields=["helped"])
    for answer in row.answers.order_by("article_id"):
        count_rating(answer.article_id, before=before, now=helped)
    if not helped:
        note_missing(question=row.question, source=HELP, actor=None, now=now, is_marked=True)


def transcript(talk: HelpTalk) -> str:
    """Return what was said in the talk, one line for each question and each article offered."""
    lines = []
    for turn in talk.turns.prefetch_related("answers__version__document").order_by("number"):
        lines.append(_("Question: %(text)s") % {"text": turn.question})
        answers = sorted(turn.answers.all(), key=lambda one: one.place)
        lines += [
            _("Answer: %(number)s %(title)s (version %(version)s)")
            % {
                "number": one.version.document.number,
                "title": one.version.title,
                "version": one.version.number,
            }
            for one in answers
        ]
        if not answers:
            lines.append(_("No answer was found."))
        elif turn.helped is False:
            lines.append(_("The visitor said it did not help."))
    return "\n".join(lines)


def forget_talks(*, before: datetime) -> int:
    """Delete talks that no person took over and that ended before ``before``; return how many."""
    old = HelpTalk.objects.without_case().quiet_since(before)
    count = old.count()
    old.delete()
    return count
