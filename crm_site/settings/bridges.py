"""Addresses, tokens and secrets of services outside, read from the environment."""

from crm_site.settings.readers import optional_text

# Messages to the outside; without an address the message log is the channel (docs/outbox.md).
SMS_URL = optional_text("SMS_URL", default="")
SMS_TOKEN = optional_text("SMS_TOKEN", default="")
SMS_SECRET = optional_text("SMS_SECRET", default="")
WECHAT_URL = optional_text("WECHAT_URL", default="")
WECHAT_TOKEN = optional_text("WECHAT_TOKEN", default="")
WECHAT_SECRET = optional_text("WECHAT_SECRET", default="")
APP_PUSH_URL = optional_text("APP_PUSH_URL", default="")
APP_PUSH_TOKEN = optional_text("APP_PUSH_TOKEN", default="")
APP_PUSH_SECRET = optional_text("APP_PUSH_SECRET", default="")
# An e-sign provider, or a bridge to one; without an address the built-in practice provider is used.
ESIGN_URL = optional_text("ESIGN_URL", default="")
ESIGN_TOKEN = optional_text("ESIGN_TOKEN", default="")
ESIGN_SECRET = optional_text("ESIGN_SECRET", default="")
# What telephone system and message bridges sign with (docs/desk.md); empty: nobody is believed.
CTI_SECRET = optional_text("CTI_SECRET", default="")
# What web sites and portals sign leads with (docs/channels.md); empty: nobody is believed.
INTAKE_SECRET = optional_text("INTAKE_SECRET", default="")
