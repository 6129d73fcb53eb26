"""What officers do: acts that need a role, a signature, and often a second person."""
