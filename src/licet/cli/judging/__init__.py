"""Evidence: trials from logs, and what is judged from them."""
