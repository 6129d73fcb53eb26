"""The diagram of a procedure: an SVG in one column, made of nothing but the procedure."""

from licet.pages.diagram.draw import diagram as diagram
