"""Tables of knowledge."""

from service.knowledge.article_models import (
    Article,
    ArticleCheck,
    ArticleUse,
    MissingAsk,
    MissingQuestion,
)
from service.knowledge.help_models import HelpAnswer, HelpCase, HelpTalk, HelpTurn

__all__ = [
    "Article",
    "ArticleCheck",
    "ArticleUse",
    "HelpAnswer",
    "HelpCase",
    "HelpTalk",
    "HelpTurn",
    "MissingAsk",
    "MissingQuestion",
]
