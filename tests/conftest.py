"""Settings for all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# Generated cases differ from run to run at a desk, where somebody sees what they find; in CI one commit has one result.
settings.register_profile("ci", derandomize=True, database=None)
if os.environ.get("CI"):
    settings.load_profile("ci")
