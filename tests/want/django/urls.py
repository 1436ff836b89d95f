"""What ``service_django.py`` leaves out: the addresses of its views."""

from django.urls import path
from django.views import View
from shop import models as shop


class Orders(View):
    get, post = staticmethod(shop.index), staticmethod(shop.create)


class Order(View):
    get, delete = staticmethod(shop.show), staticmethod(shop.delete)


urlpatterns = [
    path("health", shop.health),
    path("orders", Orders.as_view()),
    path("orders/<int:order_id>", Order.as_view()),
]
