"""The classifiers of safeguards: the small one that ships, and the contracts by which others are asked."""
