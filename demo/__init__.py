"""A whole campaign on the examples, with a test authority made on the fly."""
