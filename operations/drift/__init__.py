"""The check for drift: what changed behind Pulumi's back, classed by what it can cost."""
