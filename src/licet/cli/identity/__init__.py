"""Commands about those who ask: subjects, what is known of them, and who says it."""
