"""Web Push on the wire: encryption, VAPID signatures and HTTP/2, each behind its port."""
