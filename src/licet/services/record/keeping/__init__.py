"""The sealed journal: sealing, holding, deleting, disclosing."""
