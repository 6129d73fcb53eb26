"""SCIM 2.0 (RFC 7643, RFC 7644): organisations push who their members are."""
