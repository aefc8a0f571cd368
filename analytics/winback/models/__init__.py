"""Tables of winback."""

from analytics.winback.models.alerts import AlertEvent, ChurnAlert, HoldoutDraw
from analytics.winback.models.cases import PriceOffer, ToolUse, WinbackCall, WinbackCase
from analytics.winback.models.gifts import WinbackAccount, WinbackEntry
from analytics.winback.models.upgrades import ServiceUpgrade

__all__ = [
    "AlertEvent",
    "ChurnAlert",
    "HoldoutDraw",
    "PriceOffer",
    "ServiceUpgrade",
    "ToolUse",
    "WinbackAccount",
    "WinbackCall",
    "WinbackCase",
    "WinbackEntry",
]
