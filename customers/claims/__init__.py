"""The ledger of claims: what was said while selling, each compared with what was built."""
