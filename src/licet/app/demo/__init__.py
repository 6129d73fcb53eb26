"""The demonstration: a real cycle of orders, played on a real gate with official clients.

`__main__` is the program; nothing else of Licet loads the client libraries that it needs.
"""
