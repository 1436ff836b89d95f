"""What ``service_django.py`` leaves out: the application that a server loads, and its table."""

import os

from django.core.asgi import get_asgi_application
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
app = get_asgi_application()
wsgi = get_wsgi_application()
call_command("migrate", run_syncdb=True, verbosity=0)
