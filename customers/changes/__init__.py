"""Changes of homes: what a buyer asks for, and what the developer changes of sold ones."""
