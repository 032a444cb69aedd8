"""The scenario language: model, reading with positions, formulas, sources."""
