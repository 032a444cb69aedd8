"""Writers of proof files; the checker is a package of its own and shares no code with them."""
