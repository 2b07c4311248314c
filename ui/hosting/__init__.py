"""What the app needs to be shown to strangers: headers, a door, a look at its health, a check at its start."""
