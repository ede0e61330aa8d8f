"""The whole system on one machine: the synthesised template in the local engine, spoken to over HTTP."""
