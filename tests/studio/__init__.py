"""The Echo in the browser."""
