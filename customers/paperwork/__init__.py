"""The papers of a purchase: checklists, copies, and the transfer of the file (CUS-66, 69, 71)."""
