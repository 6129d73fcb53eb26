"""The demonstration of evidence: the dispute of June 2026 on stand-ins, measured on a real model and judged.

`__main__` is the program. A technique is reported, reproduced, graded against what is public, patched; what the patch
costs is measured; and the stage of release that it had closed opens again, by the evidence alone.
"""
