"""What keeps a customer from losing data: guards, immutable settings, preflight, and the state of the stack."""
