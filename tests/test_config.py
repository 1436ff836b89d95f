"""ringwall.toml: each right file is read whole; each wrong one gives file, line, key and the nearest right word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.config import find, load, read
from ringwall.errors import Misconfigured, RingwallError, Unavailable
from ringwall.settings import PolicySettings

GOOD = """\
[service]
name = "orders"
listen = ["public", "internal"]

[roles]
customer = ["order:create"]
manager = ["order:*"]

[claims]
region = "region"

[secrets]
receipts = { rotate = "30d" }

[peers]
billing = "https://billing.internal:8443"
"""


def write(directory: Path, text: str) -> Path:
    path = directory / "ringwall.toml"
    path.write_text(text)
    return path


def test_the_wanted_file(tmp_path: Path) -> None:
    settings = read(write(tmp_path, GOOD))
    assert settings.service.name == "orders"
    assert settings.service.listen == ("public", "internal")
    assert settings.roles == {"customer": ("order:create",), "manager": ("order:*",)}
    assert settings.claims == {"region": "region"}
    assert settings.secrets["receipts"].rotate == 30 * 86400
    assert settings.peers["billing"].url == "https://billing.internal:8443"
    assert settings.peers["billing"].service == "billing"
    assert settings.mode == "development"
    assert not settings.logins


@pytest.mark.parametrize(
    ("old", "new", "line", "says", "hint"),
    [
        ('name = "orders"', 'nam = "orders"', 2, "unknown key 'nam'", "did you mean 'name'?"),
        ("[roles]", "[rols]", 5, "unknown key 'rols'", "did you mean 'roles'?"),
        ('"30d"', '"30 days"', 13, "'30 days'", "a span reads"),
        ('"30d"', "30", 13, "is 30", "a span reads"),
        ("https://", "http://", 16, "http://billing", "mutual TLS"),
        ('"order:*"', '"Order everything"', 7, "'Order everything'", "noun:verb"),
        ('"public", ', '"pubic", ', 3, "'pubic'", "a listener is"),
        ('name = "orders"', 'name = "Or ders"', 2, "'Or ders'", "lower-case"),
        ("region = ", "id = ", 10, "cannot be an attribute", "another word"),
        ("receipts = {", 'receipts = "s3cr3t" #{', 13, "never a value", "receipts = {}"),
        ("[service]", "[service", 1, "not valid TOML", ""),
    ],
)
def test_each_error_points(tmp_path: Path, old: str, new: str, line: int, says: str, hint: str) -> None:
    path = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(Misconfigured) as caught:
        read(path)
    assert says in caught.value.message
    assert caught.value.message.startswith(f"{path}:{line}: ")
    assert hint in caught.value.hint


def test_a_client_secret_is_a_reference_never_a_value(tmp_path: Path) -> None:
    text = '[login.google]\nclient_id = "x"\nclient_secret = "GOCSPX-value"\n'
    with pytest.raises(Misconfigured) as caught:
        read(write(tmp_path, GOOD + text))
    assert "GOCSPX" not in caught.value.render()
    assert "secret:NAME" in caught.value.hint


def test_an_authority_in_the_file_means_production(tmp_path: Path) -> None:
    text = GOOD + '[authority]\nissuer = "https://auth.example"\ninternal = "https://auth.internal:8444"\n'
    settings = read(write(tmp_path, text))
    assert settings.mode == "production"
    assert settings.authority_address().workload_socket == "/run/ringwall/workload.sock"


def test_no_authority_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no authority is known"):
        read(write(tmp_path, GOOD)).authority_address()


def test_the_development_authority_is_found_upward(tmp_path: Path) -> None:
    service = tmp_path / "services" / "orders"
    service.mkdir(parents=True)
    facts = {
        "issuer": "http://localhost:1",
        "internal": "https://localhost:2",
        "workload_socket": "w",
        "operator_socket": "o",
        "trust_domain": "ringwall.internal",
        "pid": 7,
    }
    (tmp_path / ".ringwall").mkdir()
    (tmp_path / ".ringwall" / "authority.json").write_text(json.dumps(facts))
    settings = read(write(service, GOOD))
    assert settings.authority_address().issuer == "http://localhost:1"
    assert settings.state_directory == tmp_path / ".ringwall" / "services" / "orders"


def test_the_nearest_file_is_the_one(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    write(tmp_path, GOOD)
    nearest = write(tmp_path / "a", GOOD.replace("orders", "billing"))
    assert find(inner) == nearest
    assert load(inner / "app.py").service.name == "billing"


def test_no_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        find(tmp_path)
    assert "ringwall init" in caught.value.hint


@given(st.text(max_size=200))
def test_any_text_is_settings_or_one_clear_error(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "ringwall.toml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            read(path)
        except RingwallError as error:
            assert "\n" not in error.message.split(": ", 1)[0]


@given(st.dictionaries(st.sampled_from(["service", "roles", "claims", "secrets", "peers", "limits", "mode", "login"]),
                       st.recursive(st.one_of(st.integers(0, 9), st.booleans(), st.just("x")),
                                    lambda inner: st.dictionaries(st.sampled_from(["name", "body"]), inner, max_size=3),
                                    max_leaves=6)))  # fmt: skip
def test_any_shape_is_settings_or_one_clear_error(shape: dict[str, object]) -> None:
    import tempfile

    def toml(value: object) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + "}"
        return json.dumps(value)

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "ringwall.toml"
        path.write_text("".join(f"{key} = {toml(value)}\n" for key, value in shape.items()))
        with pytest.raises(RingwallError):
            read(path)
            raise Misconfigured("it was right")


def test_state_is_found_where_it_is_whatever_became_of_the_authority(tmp_path: Path) -> None:
    service = tmp_path / "services" / "orders"
    state = tmp_path / ".ringwall" / "services" / "orders"
    service.mkdir(parents=True)
    state.mkdir(parents=True)
    assert read(write(service, GOOD)).state_directory == state


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('directory = "nowhere"', "which is no directory"),
        ("directory = 3", "missing or not text"),
        ("authority = false", "is true or absent"),
        ('decision_point = "http://pdp.example"', "is 'http://pdp.example'"),
        ('decision_point = "https://pdp.example"\nauthority = true', "names one place"),
        ("", "names one place"),
        ('token = "secret:pdp"', "names one place"),
        ('directory = "."\ntoken = "secret:receipts"', "is shown to a decision_point, and there is none"),
        ('authority = true\ntoken = "secret:receipts"', "is shown to a decision_point, and there is none"),
        ('decision_point = "https://pdp.example"\ntoken = "secret:pdp"', "names 'pdp', which is not under"),
        ('directry = "policies"', "unknown key 'directry'"),
    ],
)
def test_policies_come_from_one_place(tmp_path: Path, written: str, says: str) -> None:
    with pytest.raises(Misconfigured, match=says):
        read(write(tmp_path, f"{GOOD}\n[policy]\n{written}\n"))


@pytest.mark.parametrize(
    "token", ['"tr0ub4dor"', '"secret:"', '"secret:Tr0ub4dor"', '" secret:receipts"', '""', "7", "{}"]
)
def test_a_token_is_a_reference_and_no_error_repeats_a_value(tmp_path: Path, token: str) -> None:
    with pytest.raises(Misconfigured, match="is a value") as caught:
        read(write(tmp_path, f'{GOOD}\n[policy]\ndecision_point = "https://pdp.example"\ntoken = {token}\n'))
    assert (caught.value.hint, "ub4dor" in str(caught.value)) == (
        'write a reference into the vault: "secret:NAME"',
        False,
    )


def test_where_policies_come_from(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    for written, expected in (
        ('directory = "policies"', PolicySettings(directory=tmp_path / "policies")),
        ("authority = true", PolicySettings(authority=True)),
        ('decision_point = "https://pdp.example/"', PolicySettings(decision_point="https://pdp.example")),
        (
            'decision_point = "https://pdp.example"\ntoken = "secret:receipts"',
            PolicySettings(decision_point="https://pdp.example", token="receipts"),
        ),
    ):
        assert read(write(tmp_path, f"{GOOD}\n[policy]\n{written}\n")).policy == expected
    assert read(write(tmp_path, GOOD)).policy is None
