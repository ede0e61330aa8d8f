"""Which products a visitor is shown, and why: values in, values out."""
