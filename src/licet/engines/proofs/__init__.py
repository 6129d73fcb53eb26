"""Claims about rulebooks, proved or refuted."""
