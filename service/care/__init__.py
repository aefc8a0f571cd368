"""Eight-step owner care: programme, greetings, callbacks, annual plan, fund and events."""
