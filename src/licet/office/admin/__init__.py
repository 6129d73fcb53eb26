"""The administration of an installation over HTTP: `/admin/v1` for programs, `/admin/` for people with a passkey."""
