"""The promises of the documentation, each on the real engine: see README.md in this folder."""

import pytest

# What it compares is shown when it fails.
pytest.register_assert_rewrite("tests.promises.judge")
