"""Where a person has facts about them verified, and sees exactly what is kept."""
