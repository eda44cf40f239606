"""A local Azure, Entra ID and Adobe for demos, tests and drills. The program does not know of it."""
