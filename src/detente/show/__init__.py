"""Tables, sentences, charts and the report: pure, no solving."""
