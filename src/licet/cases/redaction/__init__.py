"""The public version of a case: what everybody may see, and of everything else its class and why."""
