"""`python -m licet.office.admin > spec/admin-v1.openapi.json`: the OpenAPI document of the administration API."""

from __future__ import annotations

import json
import sys

from licet.office.admin.openapi import document

if __name__ == "__main__":
    sys.stdout.write(json.dumps(document(), indent=2, ensure_ascii=False) + "\n")
