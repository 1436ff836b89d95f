"""What ``service_django.py`` leaves out: the settings of its project."""

ALLOWED_HOSTS = [".localhost", "testserver"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "orders.db"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["shop"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "urls"
SECRET_KEY = "of this test"
USE_TZ = True

INSTALLED_APPS += ["ringwall.on.django"]
MIDDLEWARE += ["ringwall.on.django.Gate"]
