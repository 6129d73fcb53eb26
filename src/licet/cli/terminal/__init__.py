"""What is shown in a terminal, and how a command ends."""
