"""Commands of officers: what they do, sign, approve and take back."""
