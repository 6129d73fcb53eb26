"""What findings and patches share: an inquiry and its trials, arm by arm."""
