"""The fold: entries put one after the other, and what comes of it. What is in here is not used outside of `cases`."""
