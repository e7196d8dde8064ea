"""How work is done: units, keys, ledger, atomic publishing, executor, events."""
