"""Settings for all tests."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# How long a case takes is the machine's business, and never pass or fail.
settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")
# Generated cases differ from run to run at a desk, where somebody sees what they find; in CI one commit has one result.
settings.register_profile("ci", settings.get_profile("any speed"), derandomize=True, database=None)
if os.environ.get("CI"):
    settings.load_profile("ci")
