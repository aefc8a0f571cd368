"""Tables of knowledge."""

from service.knowledge.article_models import (
    Article,
    ArticleCheck,
    ArticleUse,
    MissingAsk,
    MissingQuestion,
)
from service.knowledge.help_models import HelpAnswer, HelpCase, HelpTalk, HelpTurn
from service.knowledge.rating_models import ConsultRating, FeedbackReply

__all__ = [
    "Article",
    "ArticleCheck",
    "ArticleUse",
    "ConsultRating",
    "FeedbackReply",
    "HelpAnswer",
    "HelpCase",
    "HelpTalk",
    "HelpTurn",
    "MissingAsk",
    "MissingQuestion",
]
