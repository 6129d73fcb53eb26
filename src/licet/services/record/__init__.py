"""What is done with the public record: publishing to it, sealing the journal for it, opening it to auditors."""
