"""How the bytes of a message become an event, one idea a module. `dashboard.events.parse` is the way in."""
