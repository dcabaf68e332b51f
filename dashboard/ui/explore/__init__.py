"""The Explore page's answers: a view in, what the page's scripts draw out. Pure, but for what it asks of the past."""
