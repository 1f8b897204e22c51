"""The checks of scripts/house-check, one per file. Each has `findings(project)`: one sentence per finding."""
