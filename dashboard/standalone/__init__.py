"""The stand-alone host around the console: a sign-in page, a Redis of its own, and the agent beside it."""
