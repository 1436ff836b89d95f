# settings.py:  INSTALLED_APPS += ["ringwall.on.django"];  MIDDLEWARE += ["ringwall.on.django.Gate"]
from django.db import models
from django.http import JsonResponse

# As it was wanted, but for this: to type checkers Django's own HttpRequest has no caller, and its fields no types without a plugin.
from ringwall.on.django import Caller, HttpRequest, Sealed, allow, body, guard, public
from schemas import NewOrder, receipt

receipts = guard.secret("receipts")
billing = guard.peer("billing")


class Order(models.Model):
    id: int                     # for type checkers that do not run the project, as mypy's plugin for Django does
    owner = models.CharField(max_length=64)  # type: ignore[var-annotated]
    region = models.CharField(max_length=2)  # type: ignore[var-annotated]
    card = Sealed()


def load_order(order_id: int) -> Order:
    return Order.objects.get(pk=order_id)


@guard.rule("order:read")
def owner_or_regional_support(caller: Caller, order: Order) -> bool:
    """Owners read their orders; support reads the orders of its region."""
    return caller.id == order.owner or (caller.has_role("support") and caller.region == order.region)


@public
def health(request: HttpRequest) -> JsonResponse:
    return JsonResponse("ok", safe=False)


@allow("order:read", on=load_order)
def show(request: HttpRequest, order: Order) -> JsonResponse:
    return JsonResponse({"id": order.id, "region": order.region})


@allow
def index(request: HttpRequest) -> JsonResponse:
    return JsonResponse([o.id for o in guard.visible(Order.objects, "order:read")], safe=False)


@allow("order:create")
@body(NewOrder)
def create(request: HttpRequest, new: NewOrder) -> JsonResponse:
    order = Order.objects.create(owner=request.caller.id, region=new.region, card=new.card.reveal())
    billing.post("/charges", json={"order": order.id, "amount": new.amount})
    guard.log.info("created", order=order.id, card=new.card)
    return JsonResponse({"id": order.id, "receipt": receipt(order.id, receipts.reveal())}, status=201)


@allow(role="manager")
def delete(request: HttpRequest, order_id: int) -> JsonResponse:
    load_order(order_id).delete()
    return JsonResponse({"ok": True})
