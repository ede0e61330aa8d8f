"""One folder per Lambda, each holding handler.py and nothing else."""
