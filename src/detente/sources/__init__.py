"""Documents and what they say: paragraphs, quotations, dates, numbers. No solving."""
