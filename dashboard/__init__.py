"""A monitoring console that lives inside a Flask application."""
