"""Signing in at an organisation's identity provider, as a client of it (OpenID Connect Core 1.0). `spec/oidc.md`."""
