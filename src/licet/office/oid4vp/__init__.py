"""OpenID for Verifiable Presentations 1.0: asking a wallet for credentials, and reading what it shows."""
