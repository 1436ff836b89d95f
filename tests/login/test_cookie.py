from __future__ import annotations

from ringwall.login.cookie import Cookies


def test_in_production_every_cookie_is_bound_to_this_very_host():
    cookies = Cookies("shop", secure=True)
    name = cookies.attempt("state")
    texts = [
        cookies.set_session("v"),
        cookies.set_attempt(name, "v", 600.0),
        cookies.clear_session(),
        cookies.clear_attempt(name),
    ]
    for text in texts:
        assert text.startswith("__Host-ringwall-shop")
        assert "; Path=/; HttpOnly; SameSite=Lax; Secure" in text
        assert "Domain" not in text
    assert "Max-Age=600" in texts[1]


def test_in_development_each_service_has_its_own_names():
    shop, orders = Cookies("shop", secure=False), Cookies("orders", secure=False)
    assert shop.session == "ringwall-shop"
    assert orders.session == "ringwall-orders"
    assert "Secure" not in shop.set_session("v")
    assert "Path=/callback;" in shop.set_attempt(shop.attempt("s"), "v", 600.0)


def test_each_attempt_has_a_cookie_of_its_own_and_none_tells_its_state():
    cookies = Cookies("shop", secure=True)
    assert cookies.attempt("one") != cookies.attempt("two")
    assert "one" not in cookies.attempt("one")
    assert cookies.attempt("one").startswith(cookies.attempts)
