"""A log as files in a folder, that grows durably and cannot fork. `spec/record-log.md` has the crash order."""
