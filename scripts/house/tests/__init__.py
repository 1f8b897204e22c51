"""Each check finds what it is there to find, and leaves alone what is right."""
