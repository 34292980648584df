"""Sign-in through the bank's own identity provider: OpenID Connect, authorization code with PKCE, state and nonce.

Source: OpenID Connect Core 1.0, section 3.1; RFC 7636 (PKCE); RFC 9700 (current best practice).
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx
import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from liuke.data.org.session import attempts, service, store
from liuke.data.org.session.model import (
    FromWhere,
    OidcDown,
    OidcLinked,
    OidcOff,
    OidcRefused,
    OidcUnknown,
    Opened,
    SignInRefused,
)
from liuke.data.org.users import store as users
from liuke.data.org.users.model import UserStatus
from liuke.kernel.bank import Bank
from liuke.kernel.crypto import Tampered
from liuke.kernel.settings import Settings

#: Signatures believed: public-key ones only, so that nobody signs with our own client secret.
_ALGORITHMS: Final = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
#: How long a user may take at the provider's page.
_PATIENCE: Final = timedelta(minutes=10)
#: How long the provider's description of itself is believed.
_BELIEVED: Final = timedelta(minutes=10)
#: Seconds the provider's clock may differ from ours.
_LEEWAY: Final = 60
_PLACE: Final = "oidc.flow"
_CALLBACK: Final = "/api/session/oidc/callback"


@dataclass(frozen=True, slots=True)
class _Provider:
    issuer: str
    authorize: str
    token: str
    keys: str
    posts_secret: bool
    at: datetime


_providers: Final[dict[str, _Provider]] = {}


def configured(settings: Settings) -> bool:
    """Whether sign-in through the provider is on."""
    return bool(settings.oidc_issuer and settings.oidc_client_id and settings.public_url)


def start(bank: Bank, *, next_path: str) -> tuple[str, str]:
    """Where to send the browser, and what it must bring back in a cookie. Raises OidcOff, OidcDown."""
    provider = _provider(bank)
    flow = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    challenge = _encoded(hashlib.sha256(flow["verifier"].encode()).digest())
    asked = {
        "response_type": "code",
        "client_id": bank.settings.oidc_client_id,
        "redirect_uri": _redirect_uri(bank.settings),
        "scope": "openid profile",
        "state": flow["state"],
        "nonce": flow["nonce"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    kept = flow | {"next": own_path(next_path), "at": bank.clock.now().isoformat()}
    sealed = bank.keys.seal(orjson.dumps(kept).decode(), at=_PLACE, subject="browser")
    joint = "&" if "?" in provider.authorize else "?"
    return f"{provider.authorize}{joint}{urlencode(asked)}", _encoded(sealed)


def finish(bank: Bank, *, code: str, state: str, sealed: str, origin: FromWhere) -> tuple[Opened, str]:
    """The session of the user the provider vouches for, and the page they wanted.

    Raises: OidcOff, OidcDown, OidcRefused, OidcUnknown.
    """
    flow = _flow(bank, sealed)
    if not code or not hmac.compare_digest(flow["state"].encode(), state.encode()):
        raise OidcRefused
    provider = _provider(bank)
    claims = _claims(bank, provider, _id_token(bank, provider, code, flow["verifier"]), flow["nonce"])
    row = _account(bank, claims, origin)
    if row is None or row["status"] != UserStatus.ACTIVE:
        with bank.write(attempts.machine(origin)) as tx:
            tx.emit(SignInRefused(user_id=str(row["id"]) if row else "", reason="oidc"))
        raise OidcUnknown
    return service.open_session(bank, row, how="oidc", origin=origin), flow["next"]


def own_path(wanted: str) -> str:
    """A path of our own to go to, never another site: ``//evil`` and ``/\\evil`` are other sites to a browser."""
    plain = wanted.startswith("/") and wanted[1:2] not in {"/", "\\"} and wanted.isprintable() and "\\" not in wanted
    return wanted if plain else "/"


def _flow(bank: Bank, sealed: str) -> dict[str, str]:
    try:
        text = bank.keys.unseal(_decoded(sealed), at=_PLACE, subject="browser")
    except (Tampered, ValueError):
        raise OidcRefused from None
    flow: dict[str, str] = orjson.loads(text)
    if not timedelta(0) <= bank.clock.now() - datetime.fromisoformat(flow["at"]) <= _PATIENCE:
        raise OidcRefused
    return flow


def _provider(bank: Bank) -> _Provider:
    """The provider as it describes itself. Raises OidcOff, OidcDown."""
    if not configured(bank.settings):
        raise OidcOff
    issuer, now = bank.settings.oidc_issuer.rstrip("/"), bank.clock.now()
    known = _providers.get(issuer)
    if known and timedelta(0) <= now - known.at < _BELIEVED:
        return known
    said = _ask("GET", f"{issuer}/.well-known/openid-configuration")
    try:
        if said["issuer"].rstrip("/") != issuer:
            raise OidcDown
        methods = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        posts = "client_secret_basic" not in methods
        ends = [str(said[name]) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    except (KeyError, AttributeError) as fault:
        raise OidcDown from fault
    if issuer.startswith("https://") and not all(end.startswith("https://") for end in ends):
        raise OidcDown
    authorize, token, keys = ends
    _providers[issuer] = _Provider(str(said["issuer"]), authorize, token, keys, posts, now)
    return _providers[issuer]


def _id_token(bank: Bank, provider: _Provider, code: str, verifier: str) -> str:
    settings = bank.settings
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _redirect_uri(settings),
        "code_verifier": verifier,
    }
    secret, auth = settings.oidc_client_secret.get_secret_value(), None
    if secret and not provider.posts_secret:
        auth = httpx.BasicAuth(quote(settings.oidc_client_id, safe=""), quote(secret, safe=""))
    else:
        form |= {"client_id": settings.oidc_client_id} | ({"client_secret": secret} if secret else {})
    token = _ask("POST", provider.token, form=form, auth=auth).get("id_token")
    if not isinstance(token, str):
        raise OidcRefused
    return token


def _claims(bank: Bank, provider: _Provider, token: str, nonce: str) -> Mapping[str, Any]:
    """The claims of an ID token that is signed by the provider, meant for us, fresh, and of this very sign-in."""
    client = bank.settings.oidc_client_id
    registry = jwt.JWTClaimsRegistry(
        now=int(bank.clock.now().timestamp()),
        leeway=_LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": client},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims: dict[str, Any] = jwt.decode(
            token, KeySet.import_key_set(_ask("GET", provider.keys)), algorithms=_ALGORITHMS
        ).claims
        registry.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError) as fault:
        raise OidcRefused from fault
    if claims.get("azp", client) != client:
        raise OidcRefused
    return claims


def _account(bank: Bank, claims: Mapping[str, Any], origin: FromWhere) -> Mapping[Any, Any] | None:
    """The account tied to the subject; at a first sign-in, the one whose login name is the preferred user name."""
    subject = f"{claims['iss']}|{claims['sub']}"[:512]
    with bank.write(attempts.machine(origin)) as tx:
        row = store.by_subject(tx, subject)
        if row is not None:
            return row
        named = store.by_login(tx, str(claims.get("preferred_username", "")).strip().casefold()[:64])
        if named is None or named["oidc_subject"] is not None or named["status"] != UserStatus.ACTIVE:
            return None
        users.change_credential(tx, named["id"], oidc_subject=subject)
        tx.emit(OidcLinked(user_id=str(named["id"])))
        return named


def _ask(
    method: str, url: str, *, form: Mapping[str, str] | None = None, auth: httpx.BasicAuth | None = None
) -> dict[str, Any]:
    """A JSON answer of the provider. Raises OidcDown when it cannot be had, OidcRefused when the provider says no."""
    try:
        with httpx.Client(timeout=5, trust_env=False, follow_redirects=False) as client:
            answer = client.request(method, url, data=form, auth=auth, headers={"accept": "application/json"})
        if 400 <= answer.status_code < 500:
            raise OidcRefused
        answer.raise_for_status()
        said = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
        raise OidcDown from fault
    if not isinstance(said, dict):
        raise OidcDown
    return said


def _redirect_uri(settings: Settings) -> str:
    return settings.public_url.rstrip("/") + _CALLBACK


def _encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
