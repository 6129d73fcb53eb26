"""Witnesses and monitors of logs."""
