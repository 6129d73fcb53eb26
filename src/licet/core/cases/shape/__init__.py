"""How the documents of cases are read: each part of them strictly, with a place for whatever is wrong."""
