"""Changes to the saved clouds outside Pulumi, as made by people, policies and Adobe."""
