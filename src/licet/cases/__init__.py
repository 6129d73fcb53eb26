"""The reasoning about cases: clocks computed, events admitted, states derived, duties assessed. Pure."""
