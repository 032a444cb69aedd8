"""The app: a local web server around the questions, for people who do not program."""
