"""Settings of a city with several Official Accounts and corps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from config import Settings, SettingsError, load
from jingmin.assembly.bot import build_bot
from locate.boundaries import Boundaries
from platform_settings import PlatformSettings
from storage.store import MongoStore
from tests.city import small_city

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
FIRST = f"""
public_url = "https://110.example.cn"
boundaries = "b.geojson"
official_appid = "wx1"
official_secret = "the first secret"
official_original_id = "gh_1"
official_token = "token"
official_aes_key = "{KEY}"
"""
SECOND: dict[str, Any] = {
    "name": "guta",
    "title": "古塔分局",
    "official_appid": "wx2",
    "official_secret": "the second secret",
    "official_original_id": "gh_2",
    "official_token": "token",
    "official_aes_key": KEY,
}
TABLE = "\n[[accounts]]\n" + "\n".join(f'{name} = "{text}"' for name, text in SECOND.items())


def test_each_account_is_a_table_and_reaches_the_product_s_processes(
    tmp_path: Path, store: MongoStore
) -> None:
    file = tmp_path / "jingmin.toml"
    file.write_text(FIRST + TABLE)
    settings = load(file, {"JINGMIN_SECRET": "a secret that is long enough to be one"})
    assert "second secret" not in repr(settings)
    assert load(None, settings.environment()) == settings
    house = build_bot(settings, store, Boundaries.from_geojson(small_city()))
    found = {one.name: one for one in house.settings.officials}
    assert (found[""].appid, found["guta"].appid) == ("wx1", "wx2")
    assert found["guta"].callback.receiver == "wx2"
    assert house.settings.corps == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "古塔"}, "name"),
        ({"name": ""}, "name"),
        ({"official_secret": ""}, "guta: official_secret"),
        ({"official_aes_key": "short"}, "guta: official_aes_key"),
        ({"official_appid": ""}, "guta: official_appid or work_corpid"),
        ({"work_corpid": "ww2"}, "work_corpid"),
        ({"no_such": "x"}, "no_such"),
    ],
)
def test_a_wrong_account_is_refused_by_name(
    tmp_path: Path, change: dict[str, str], said: str
) -> None:
    file = tmp_path / "jingmin.toml"
    file.write_text(FIRST)
    accounts = msgspec.json.encode([SECOND | change]).decode()
    with pytest.raises(SettingsError, match=said):
        load(file, {"JINGMIN_ACCOUNTS": accounts})


def test_two_of_one_name_and_what_is_no_list_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "jingmin.toml"
    file.write_text(FIRST + TABLE + TABLE)
    with pytest.raises(SettingsError, match="guta is there twice"):
        load(file, {})
    with pytest.raises(SettingsError, match="accounts"):
        load(None, {"JINGMIN_ACCOUNTS": "guta"})


def test_no_secret_of_any_account_is_shown() -> None:
    """config.py: secrets are never printed. What is one, a name says."""
    of_one = [name for name in PlatformSettings.__struct_fields__ if is_secret(name)]
    assert len(of_one) >= 9
    names = [name for name in Settings.__struct_fields__ if is_secret(name)]
    assert {"secret", "turn_secret", "store_uri", *of_one} <= set(names)
    one = {"name": "guta", **{name: f"hidden-{name}" for name in of_one}}
    values = {**{name: f"hidden-{name}" for name in names}, "accounts": [one]}
    assert "hidden" not in repr(msgspec.convert(values, Settings))


def is_secret(name: str) -> bool:
    return any(word in name for word in ("secret", "token", "key", "password", "uri"))
