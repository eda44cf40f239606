"""Many organisations, one stack each, from this one program."""
