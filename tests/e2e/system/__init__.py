"""The whole system on one machine: the synthesised template in the local engine, driven by HTTP and by browsers."""
