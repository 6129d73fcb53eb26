"""What differs between two rulebooks, class by class."""
