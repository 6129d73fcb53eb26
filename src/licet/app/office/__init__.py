"""The office of an installation, put together from its configuration, and run."""
