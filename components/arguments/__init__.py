"""The arguments of `CustomerManagedKeys`: groups, defaults, rules, and how messages name one."""
