"""The push service of the project, under the name that tests first knew it by."""
