"""The settings of every environment; what differs comes from environment variables."""

from crm_site.settings.base import *  # noqa: F403
