"""The documents of cases made into values: names become what they name, or a problem with its place."""
