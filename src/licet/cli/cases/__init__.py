"""Commands about cases: what is in force for them, opening, acting, deciding, appealing, and what is due."""
