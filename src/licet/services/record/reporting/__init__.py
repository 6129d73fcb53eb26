"""The compliance report of an order."""
