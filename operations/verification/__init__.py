"""`make verify-azure`: the program on the real providers, in a subscription of its user, and without a call to Adobe."""
