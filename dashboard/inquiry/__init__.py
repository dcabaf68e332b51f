"""What is asked of the past, gathered from store, ring, alerts and feed and handed to `dashboard.explore`."""
