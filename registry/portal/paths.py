"""Where the portal answers."""

PREFIX = "/portal/v1"
TOKEN = f"{PREFIX}/token"
WATCHES = f"{PREFIX}/watches"
ENDPOINTS = f"{PREFIX}/endpoints"
EVENTS = f"{PREFIX}/events"
DELIVERIES = f"{PREFIX}/deliveries"
HEALTH = f"{PREFIX}/health"
