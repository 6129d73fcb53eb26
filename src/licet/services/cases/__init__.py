"""Cases: opened, acted on, decided, appealed; what is due fires; reports, exports and the public register."""
