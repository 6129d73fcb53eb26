"""Judging evidence: reading what was asked and tried, judging it, keeping, comparing and handing over what it says."""
