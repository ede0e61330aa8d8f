"""What storefronts may do: report events, traits, subscriptions, receipts and products."""
