"""The WSGI application, for granian, gunicorn and `flask --app wsgi`."""

import os

from app import create_app, logs
from app.cli import lectern
from app.config import Settings

settings = Settings.read(os.environ)
logs.configure(settings.log)
app = create_app(settings)
app.cli = lectern
