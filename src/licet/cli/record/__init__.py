"""Commands about the public record: publishing, sealing, serving, verifying."""
