"""Charts, as SVG within the page."""
