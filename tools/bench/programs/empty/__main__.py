"""Declares nothing."""

import pulumi

pulumi.export("nothing", True)
