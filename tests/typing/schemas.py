import hmac

from pydantic import Field

from ringwall import Secret, Strict


class NewOrder(Strict):
    region: str = Field(pattern=r"^[a-z]{2}$")
    card: Secret[str] = Field(pattern=r"^\d{12,19}$")
    amount: int = Field(gt=0, le=1_000_000)


def receipt(order_id: int, key: str) -> str:
    return hmac.digest(key.encode(), str(order_id).encode(), "sha256").hex()
