"""Fields: what an event is given, read strictly; one value by its kind; and what conditions can know of them."""
