"""The public record: a tamper-evident log that outsiders verify. With `core`, all that an auditor needs."""
