"""Tables of knowledge."""

from service.knowledge.article_models import (
    Article,
    ArticleCheck,
    ArticleUse,
    MissingAsk,
    MissingQuestion,
)
from service.knowledge.centre_models import CentreTask, CentreUnit
from service.knowledge.help_models import HelpAnswer, HelpCase, HelpTalk, HelpTurn
from service.knowledge.rating_models import ConsultRating, FeedbackReply
from service.knowledge.service_models import ServiceItem, ServiceOrder, ServiceOrderEvent

__all__ = [
    "Article",
    "ArticleCheck",
    "ArticleUse",
    "CentreTask",
    "CentreUnit",
    "ConsultRating",
    "FeedbackReply",
    "HelpAnswer",
    "HelpCase",
    "HelpTalk",
    "HelpTurn",
    "MissingAsk",
    "MissingQuestion",
    "ServiceItem",
    "ServiceOrder",
    "ServiceOrderEvent",
]
