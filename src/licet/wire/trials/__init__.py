"""Trials from and to bytes: Licet's own lines, others' reports, receipts, labels. `spec/trials.md` has the formats."""
