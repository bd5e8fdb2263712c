"""Install plugins in a Stage7 host, the CapabilitiesManager, and see them execute there."""
