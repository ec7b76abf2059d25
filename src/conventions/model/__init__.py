"""WORDS: the nouns of the office, frozen, without input or output."""
