"""The storefront SDK in both browsers, against a small tracking API that checks what it is told."""
