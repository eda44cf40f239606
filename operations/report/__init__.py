"""The evidence report: what the state and one look say of a stack, as a page, as Markdown and as JSON."""
