"""Settings: from the environment (``JINGMIN_…``) or one TOML file; what is unknown is refused.

The environment wins over the file. Secrets are never printed: ``repr`` leaves them out.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from domain.errors import Refused
from domain.json_limits import check_json
from network_settings import check_network
from platform_settings import (
    Account,
    PlatformSettings,
    check_accounts,
    check_platforms,
)
from platform_settings import SettingsError as SettingsError

PREFIX = "JINGMIN_"
MOST_OF_ACCOUNTS = 100_000  # bytes in the environment
BEARER = r"[A-Za-z0-9._~+/-]{16,}=*"  # as it can stand behind Bearer (RFC 6750, 2.1)
Port = Annotated[int, Meta(ge=1, le=65535)]


class Settings(PlatformSettings, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Every setting. ``docs/operator.md`` says the same in words; a test holds them together."""

    demo: bool = False
    host: str = "127.0.0.1"
    port: Port = 8110
    public_url: str = ""
    origins: list[str] = msgspec.field(default_factory=list)
    cors_origins: list[str] = msgspec.field(default_factory=list)
    embed_origins: list[str] = msgspec.field(default_factory=list)
    webhook_private: bool = False
    proxies: list[str] = msgspec.field(default_factory=list)
    data: Path = Path("data")
    spare_journal: Path | None = None
    secret: str = ""
    city: str = "锦州"
    boundaries: Path | None = None
    map_style: str | None = None
    second_factor: bool = True
    session_hours: Annotated[float, Meta(gt=0, le=24)] = 12.0
    store_uri: str = ""
    store_database: str = "jingmin"
    store_port: Port = 8112
    media_host: str = "127.0.0.1"
    media_port: Port = 8111
    media_url: str = ""
    media_addresses: list[str] = msgspec.field(default_factory=lambda: ["127.0.0.1"])
    media_id: str = "media-1"
    media_udp_port: Annotated[int, Meta(ge=0, le=65535)] = 0
    turn_urls: list[str] = msgspec.field(default_factory=list)
    turn_secret: str = ""
    bot_host: str = "127.0.0.1"
    bot_port: Port = 8113
    bot_url: str = ""
    notices_a_day: Annotated[int, Meta(ge=0, le=100)] = 0
    notices_a_month: Annotated[int, Meta(ge=0, le=100)] = 0
    answer_hours: Annotated[float, Meta(gt=0, le=720)] = 24.0
    urgent_answer_minutes: Annotated[float, Meta(gt=0, le=1_440)] = 30.0
    group_capacity: Annotated[int, Meta(ge=40, le=2_000)] = 500
    worker_port: Annotated[int, Meta(ge=0, le=65535)] = 0
    worker_at_once: Annotated[int, Meta(ge=0, le=256)] = 0
    simulator_port: Port = 8114
    accounts: list[Account] = msgspec.field(default_factory=list)
    metrics_token: str = ""
    log_format: Annotated[str, Meta(pattern="^(text|json)$(?!\\n)")] = "text"
    log_level: Annotated[str, Meta(pattern="^(DEBUG|INFO|WARNING|ERROR)$(?!\\n)")] = "INFO"

    def __repr__(self) -> str:
        shown = {
            name: "…" if _is_secret(name) and getattr(self, name) else getattr(self, name)
            for name in self.__struct_fields__
        }
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in shown.items())})"

    @property
    def site(self) -> str:
        """Where pages are reached, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def all_origins(self) -> tuple[str, ...]:
        """Sites whose pages may change something; the demo answers to localhost, too."""
        found = [self.site, *(one.rstrip("/") for one in self.origins)]
        if self.demo:
            found += [f"http://localhost:{self.port}", f"http://127.0.0.1:{self.port}"]
        return tuple(dict.fromkeys(found))

    @property
    def signalling(self) -> str:
        """The media process's socket as pages reach it."""
        return self.media_url or f"ws://{self.media_host}:{self.media_port}/rtc"

    @property
    def bot_site(self) -> str:
        """Where the platforms and browsers reach the bot, without a trailing slash."""
        return (self.bot_url or f"http://{self.bot_host}:{self.bot_port}").rstrip("/")

    @property
    def has_bot(self) -> bool:
        """Whether a platform is configured; the demo has both, simulated."""
        return any(one.official_appid or one.work_corpid for one in self.platforms)

    @property
    def platforms(self) -> tuple[PlatformSettings, ...]:
        """The first account's settings, and those of the others."""
        return (self, *self.accounts)

    def environment(self) -> dict[str, str]:
        """The same settings as environment variables, for the product's own processes."""
        found = {}
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value is None:
                continue
            if name == "accounts":
                text = msgspec.json.encode(value).decode()
            else:
                text = ",".join(value) if isinstance(value, list) else str(value)
            found[PREFIX + name.upper()] = text
        return found

    def secret_bytes(self) -> bytes:
        """The secret of the installation, at least 32 bytes; made and kept in ``data`` (0600) if not set."""
        if self.secret:
            return self.secret.encode()
        path = self.data / "secret"
        if not path.exists():
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial = self.data / f"secret.{os.getpid()}"
            with open(os.open(partial, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
                file.flush()
                os.fsync(file.fileno())
            # Whole or not at all, and the first of two processes wins.
            with contextlib.suppress(FileExistsError):
                os.link(partial, path)
            partial.unlink()
        found = path.read_text().strip().encode()
        if len(found) < 32:
            raise SettingsError(f"{path} is damaged: restore it from the backup")
        return found


def load(
    file: Path | None,
    environment: Mapping[str, str],
    overrides: Mapping[str, Any] | None = None,
    *,
    complete: bool = True,
) -> Settings:
    """Settings from file, environment and the command's own, later ones winning.

    ``complete`` asks for what serving needs, too. Raises ``SettingsError`` naming the setting.
    """
    values: dict[str, Any] = {}
    if file is not None:
        try:
            values.update(tomllib.loads(file.read_text("utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"{file}: {error}") from None
    known = set(Settings.__struct_fields__)
    for name, text in environment.items():
        if not name.startswith(PREFIX) or name in (PREFIX + "CONFIG", PREFIX + "PASSWORD"):
            continue
        key = name.removeprefix(PREFIX).lower()
        if key not in known:
            raise SettingsError(f"unknown setting {name}")
        if key == "accounts":
            values[key] = _tables(text)
            continue
        values[key] = text.split(",") if _is_list(key) and text else ([] if _is_list(key) else text)
    values.update(overrides or {})
    for key in values:
        if key not in known:
            raise SettingsError(f"unknown setting {key}")
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise SettingsError(str(error)) from None
    _check(settings, complete)
    return settings


def _tables(text: str) -> Any:
    data = (text or "[]").encode()
    try:
        check_json(data, MOST_OF_ACCOUNTS)
        return msgspec.json.decode(data)
    except (Refused, msgspec.DecodeError) as error:
        raise SettingsError(f"accounts: {error}") from None


def _path(kind: type[Any], value: Any) -> Any:
    if kind is Path and isinstance(value, str | Path):
        return Path(value)
    raise ValueError(f"{value!r} is not a {kind.__name__}")


def _is_secret(key: str) -> bool:
    return key == "store_uri" or key.endswith(("secret", "_token", "_aes_key"))


def _is_list(key: str) -> bool:
    return key in (
        "origins",
        "cors_origins",
        "embed_origins",
        "proxies",
        "media_addresses",
        "turn_urls",
    ) or key.endswith("_fields")


def _is_exact(origin: str) -> bool:
    """Whether it is an origin as browsers send it: no pattern, nothing behind the port, and https but for
    this machine."""
    parts = urlsplit(origin)
    local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
    known = re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", origin) is not None
    return known and (parts.scheme == "https" or local)


def _is_apart(folder: Path, data: Path) -> bool:
    """Whether it lies outside of ``data`` and we may write there, or make it. That it is another disk is for
    the operator to see to."""
    if folder.resolve().is_relative_to(data.resolve()):
        return False
    return os.access(folder if folder.exists() else folder.parent, os.W_OK)


def _check(settings: Settings, complete: bool) -> None:
    if settings.secret and len(settings.secret) < 32:
        raise SettingsError("secret: at least 32 characters")
    if settings.metrics_token and re.fullmatch(BEARER, settings.metrics_token) is None:
        raise SettingsError("metrics_token: 16 or more letters, digits, or -._~+/ and = at its end")
    if settings.turn_urls and not settings.turn_secret:
        raise SettingsError("turn_secret: needed with turn_urls")
    if settings.spare_journal is not None and not _is_apart(settings.spare_journal, settings.data):
        raise SettingsError(
            "spare_journal: a folder outside of data, on another disk, that we may write"
        )
    check_network(settings)
    check_platforms(settings)
    check_accounts(settings, settings.accounts)
    for origin in settings.all_origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
            raise SettingsError(f"origins, public_url: {origin} is not like https://host[:port]")
    for name, those in (
        ("cors_origins", settings.cors_origins),
        ("embed_origins", settings.embed_origins),
    ):
        for origin in those:
            if not _is_exact(origin):
                raise SettingsError(f"{name}: {origin} is not like https://app.example.cn[:port]")
    if settings.demo:
        if settings.host not in ("127.0.0.1", "localhost", "::1"):
            raise SettingsError(
                "demo: one-click log-in is for this machine only; host must be local"
            )
        return
    if not complete:
        return
    if not settings.public_url:
        raise SettingsError("public_url: needed outside the demo, like https://110.example.cn")
    if settings.public_url.startswith("http://") and urlsplit(settings.public_url).hostname not in (
        "127.0.0.1",
        "localhost",
    ):
        raise SettingsError("public_url: browsers give camera and position to https pages only")
    if settings.boundaries is None:
        raise SettingsError("boundaries: the GeoJSON file of stations is needed outside the demo")
