"""The promises of the documentation, each on the real engine: see README.md in this folder."""
