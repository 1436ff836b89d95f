"""A form that a person sent from one of our own pages, and from nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from ringwall.authority.http import parameters
from ringwall.authority.oauth.error import OAuthError
from ringwall.authority.pages.page import Refused, authority_of

_TYPE = "application/x-www-form-urlencoded"


async def read(request: Request) -> Mapping[str, str]:
    """The fields of the form. Raises ``Refused`` when another site's page sent it (CSRF), or when it is no form.

    Every browser of today says where a ``POST`` comes from, by ``Sec-Fetch-Site`` or ``Origin``: silence is a no.
    """
    if not _from_here(request):
        raise Refused("this form was not sent from our own page", status=403, hint="go back and begin again")
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != _TYPE:
        raise Refused("this is not a form", status=415)
    try:
        return parameters(await request.body())
    except OAuthError as error:
        raise Refused(error.description) from None


def _from_here(request: Request) -> bool:
    sites, origins = request.headers.getlist("sec-fetch-site"), request.headers.getlist("origin")
    if len(sites) > 1 or len(origins) > 1:
        return False
    if origins and origins[0] != authority_of(request).settings.issuer:
        return False
    return (not sites and bool(origins)) or sites == ["same-origin"]
