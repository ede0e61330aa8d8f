"""An HTTP/2 client (RFC 9113) for one thing alone: many small POSTs to few hosts, whose answers hardly matter."""
