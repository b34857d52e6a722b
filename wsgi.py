"""The WSGI application, for granian, gunicorn and `flask --app wsgi`."""

from app import create_app
from app.cli import COMMANDS

app = create_app()
for command in COMMANDS:
    app.cli.add_command(command)
