"""The simulated Entra ID: its rules, and its sign-in over HTTPS."""
