"""Commands about an order before it is in force."""
