"""Trials from and to bytes: Licet's own lines, other tools' reports, receipts, labels. `spec/trials.md` has the formats."""
