"""A reader of the documentation, who pastes its commands: a shell, programs in a second terminal, free ports."""
