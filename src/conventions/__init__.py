"""Internship agreements: data in, checked, written, signed in order, sealed, archived, verifiable."""

__version__ = "0.1.0"
