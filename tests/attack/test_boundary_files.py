"""Boundary files as offices send them: taken once and for ever, or refused with sentences.

Every file is started from twice: the first start judges it, the second must not judge otherwise.
"""

from __future__ import annotations

import copy
import gzip
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import BOUNDARY_BROKEN, Refused
from domain.place import Jurisdiction, Level
from jingmin.assembly.areas import boundaries_known, keep_boundaries, load_boundaries
from locate import kept
from locate.boundaries import Boundaries
from main import main
from storage.store import MongoStore
from tests.api.conftest import Site
from tests.api.conftest import site as site  # the fixture
from tests.city import small_city

File = dict[str, Any]
Text = Callable[[File], bytes]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


def plain(city: File) -> bytes:
    return json.dumps(city, ensure_ascii=False).encode()


def byte_order_mark(city: File) -> bytes:
    return b"\xef\xbb\xbf" + plain(city)


def utf16(city: File) -> bytes:
    return plain(city).decode().encode("utf-16")


def utf16_big_endian(city: File) -> bytes:
    return b"\xfe\xff" + plain(city).decode().encode("utf-16-be")


def nan_in_a_property(city: File) -> bytes:
    city["features"][2]["properties"]["area_km2"] = math.nan
    city["features"][3]["properties"]["people"] = math.inf
    return plain(city)


def nan_beside_the_features(city: File) -> bytes:
    city["bbox"] = [math.nan, -math.inf, math.inf, 0]
    return plain(city)


def half_a_letter_in_a_property(city: File) -> bytes:
    city["features"][2]["properties"]["note"] = "\ud83d"
    return json.dumps(city).encode()


def huge_number_in_a_property(city: File) -> bytes:
    city["features"][2]["properties"]["fid"] = 10**400
    return plain(city)


def member_twice(city: File) -> bytes:
    return plain(city).replace(b'"version":', b'"version": "older", "version":', 1)


def heights(city: File) -> bytes:
    for feature in city["features"]:
        for ring in feature["geometry"]["coordinates"]:
            ring[:] = [[*point, 12.5] for point in ring]
    return plain(city)


TAKEN: list[Text] = [
    plain,
    byte_order_mark,
    utf16,
    utf16_big_endian,
    nan_in_a_property,
    nan_beside_the_features,
    half_a_letter_in_a_property,
    huge_number_in_a_property,
    member_twice,
    heights,
]


def locate(path: Path, data: Path) -> int:
    return main(
        ["locate", "121.05", "41.05", "--json", "--boundaries", str(path), "--data", str(data)]
    )


@pytest.mark.parametrize("text", TAKEN, ids=lambda one: one.__name__)
def test_what_was_taken_once_starts_again(
    tmp_path: Path, text: Text, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "city.geojson"
    path.write_bytes(text(small_city()))
    answers = []
    for _ in range(2):
        assert locate(path, tmp_path / "data") == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] == answers[1]
    assert answers[0]["candidates"][0]["station"] == "w1"
    name, _, digest = answers[0]["boundary_version"].partition("#")
    assert (name, len(digest)) == ("small-1", 12)
    assert Boundaries.from_geojson(path.read_bytes()) == load_boundaries(path, tmp_path / "data")


def points(file: File, change: Callable[[list[float]], list[float]]) -> File:
    for feature in file["features"]:
        feature["geometry"]["coordinates"] = [
            [change(point) for point in ring] for ring in feature["geometry"]["coordinates"]
        ]
    return file


def swapped(city: File) -> bytes:
    return plain(points(city, lambda at: [at[1], at[0]]))


def swapped_in_the_west(city: File) -> bytes:
    """At 85° E both numbers could be a latitude."""
    return plain(points(city, lambda at: [at[1], at[0] - 36]))


def at_zero(city: File) -> bytes:
    return plain(points(city, lambda at: [at[0] - 121, at[1] - 41]))


def gauss_krueger(city: File) -> bytes:
    return plain(points(city, lambda at: [40_500_000 + at[0] * 1_000, at[1] * 111_000]))


def mercator(city: File) -> bytes:
    return plain(points(city, lambda at: [at[0] * 111_320, at[1] * 125_000]))


def abroad(city: File) -> bytes:
    return plain(points(city, lambda at: [at[0] - 110, at[1]]))


def empty(city: File) -> bytes:
    return b""


def blank(city: File) -> bytes:
    return b"\xef\xbb\xbf \n"


def zipped(city: File) -> bytes:
    return gzip.compress(plain(city))


def shapefile_in_a_zip(city: File) -> bytes:
    return b"PK\x03\x04" + plain(city)


def geopackage(city: File) -> bytes:
    return b"SQLite format 3\x00" + bytes(100)


def gbk(city: File) -> bytes:
    return plain(city).decode().encode("gbk")


def utf16_without_a_mark(city: File) -> bytes:
    return plain(city).decode().encode("utf-16-le")


def cut(city: File) -> bytes:
    return plain(city)[:-20]


def deep(city: File) -> bytes:
    return b"[" * 200_000


def nan_as_a_coordinate(city: File) -> bytes:
    city["features"][2]["geometry"]["coordinates"][0][1] = [math.nan, 41.0]
    return plain(city)


def infinite_coordinate(city: File) -> bytes:
    city["features"][2]["geometry"]["coordinates"][0][1] = [121.0, math.inf]
    return plain(city)


# The file, words of the sentence, and the exit code of ``jingmin locate``.
REFUSED: list[tuple[Text, str, int]] = [
    (swapped, "swapped", 2),
    (swapped_in_the_west, "swapped", 2),
    (at_zero, "at 0, 0", 2),
    (gauss_krueger, "metres", 2),
    (mercator, "metres", 2),
    (abroad, "outside China", 1),
    (empty, "empty", 2),
    (blank, "empty", 2),
    (zipped, "gzip", 2),
    (shapefile_in_a_zip, "ZIP", 2),
    (geopackage, "GeoPackage", 2),
    (gbk, "save it as UTF-8", 2),
    (utf16_without_a_mark, "save it as UTF-8", 2),
    (cut, "not JSON", 2),
    (deep, "not", 2),
    (nan_as_a_coordinate, "not finite", 1),
    (infinite_coordinate, "not finite", 1),
]


@pytest.mark.parametrize(
    ("text", "words", "code"), REFUSED, ids=lambda one: getattr(one, "__name__", "")
)
def test_what_is_refused_is_refused_again_with_a_sentence(
    tmp_path: Path, text: Text, words: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "city.geojson"
    path.write_bytes(text(small_city()))
    said = []
    for _ in range(2):
        assert locate(path, tmp_path / "data") == code
        said.append(capsys.readouterr().err)
    assert said[0] == said[1]
    assert words in said[0]
    assert "Traceback" not in said[0]
    if text in (swapped, swapped_in_the_west, at_zero, gauss_krueger, mercator):
        assert len(said[0].splitlines()) == 1, "said once, not for each area"
    assert main(["boundaries", "check", str(path), "--lang", "zh", "--data", str(tmp_path)]) == 1
    assert "。" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["nothing", "folder", "pipe", "long name", "zero byte"])
def test_a_path_that_is_no_file_gets_a_sentence(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "here"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "long name":
        path = tmp_path / ("x" * 300)
    elif kind == "zero byte":
        path = Path("\0")
    assert locate(path, tmp_path) == 2
    assert capsys.readouterr().err.startswith("jingmin: boundaries: ")
    assert main(["boundaries", "check", str(path), "--data", str(tmp_path)]) == 2
    capsys.readouterr()


@pytest.mark.parametrize("command", ["serve", "api", "bot"])
def test_no_process_starts_again_and_again_with_a_broken_file(tmp_path: Path, command: str) -> None:
    city = small_city()
    city["features"][2]["geometry"]["coordinates"][0].pop()
    city["features"][5]["properties"]["parent"] = "nowhere"
    path = tmp_path / "city.geojson"
    path.write_bytes(plain(city))
    environment = {
        **os.environ,
        "JINGMIN_PUBLIC_URL": "https://110.example.cn",
        "JINGMIN_MEDIA_URL": "wss://110.example.cn/rtc",
        "JINGMIN_BOUNDARIES": str(path),
        "JINGMIN_DATA": str(tmp_path / "data"),
        "JINGMIN_OFFICIAL_APPID": "wx1",
        "JINGMIN_OFFICIAL_SECRET": "s",
        "JINGMIN_OFFICIAL_ORIGINAL_ID": "gh_1",
        "JINGMIN_OFFICIAL_TOKEN": "t",
        "JINGMIN_OFFICIAL_MODE": "plain",
        "LC_ALL": "zh_CN.UTF-8",
        "PYTHONUTF8": "1",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "main", command],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2, ended.stderr
    assert "共 2 个问题" in ended.stderr
    assert "w1 (西一派出所): 边界线没有闭合。 位置 121.00000, 41.10000" in ended.stderr
    assert "e2 (东二派出所): 上级辖区 nowhere 不存在。" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "data" / "store").exists(), "nothing was started"


@pytest.mark.parametrize("command", ["serve", "api"])
def test_what_cannot_be_kept_is_not_started_from(tmp_path: Path, command: str) -> None:
    """Every process checked a large map anew, held its own loop up, and was ended by the watchdog."""
    path = tmp_path / "city.geojson"
    path.write_bytes(plain(small_city()))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "boundaries").write_text("a file where the folder belongs")
    ended = subprocess.run(
        [sys.executable, "-m", "main", command],
        env={
            **os.environ,
            "JINGMIN_DATA": str(tmp_path / "data"),
            "JINGMIN_BOUNDARIES": str(path),
            "JINGMIN_PUBLIC_URL": "https://110.example.cn",
            "JINGMIN_MEDIA_URL": "wss://110.example.cn/rtc",
            "LC_ALL": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2, ended.stderr
    assert "cannot be written" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_damaged_kept_file_is_not_known(tmp_path: Path) -> None:
    data, path = tmp_path / "data", tmp_path / "city.geojson"
    path.write_bytes(plain(small_city()))
    load_boundaries(path, data)
    assert boundaries_known(path, data)
    (file,) = (data / "boundaries").iterdir()
    for spoilt in _damage(file):
        file.write_bytes(spoilt)
        assert not boundaries_known(path, data)


def test_all_problems_are_said_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Head, single areas, and what areas are to each other, in one list."""
    city = small_city()
    city["datum"] = "GCJ02"
    del city["version"]
    city["features"][2]["geometry"]["coordinates"][0].pop()
    city["features"].append(copy.deepcopy(city["features"][4]))
    city["features"][-1]["properties"]["id"] = "e9"
    path = tmp_path / "city.geojson"
    path.write_bytes(plain(city))
    arguments = ["boundaries", "check", str(path), "--data", str(tmp_path)]
    assert main(arguments) == 1
    said = capsys.readouterr().out
    for words in ("datum GCJ02", "version", "w1", "unclosed", "e1 (东一派出所) and e9", "overlap"):
        assert words in said
    assert "4 problems" in said
    assert main([*arguments, "--lang", "zh"]) == 1
    said = capsys.readouterr().out
    for words in ("坐标系", "版本", "没有闭合", "e1 (东一派出所)、e9", "相互重叠"):
        assert words in said


def test_a_long_list_is_bounded_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city = small_city()
    for number in range(250):
        broken = copy.deepcopy(city["features"][4])
        broken["properties"] |= {"id": f"x{number}", "level": "PROVINCE"}
        city["features"].append(broken)
    path = tmp_path / "city.geojson"
    path.write_bytes(plain(city))
    assert main(["boundaries", "check", str(path), "--data", str(tmp_path)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 102
    assert "250 problems" in said[0]
    assert "150 more" in said[-1]


def test_a_good_file_is_summed_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "city.geojson"
    path.write_bytes(plain(small_city()))
    arguments = ["boundaries", "check", str(path), "--data", str(tmp_path / "data")]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    version = Boundaries.from_geojson(path.read_bytes()).full_version
    assert version in said
    assert "BUREAU 2, STATION 4, COMMUNITY 0, GRID 0" in said
    assert main([*arguments, "--lang", "zh"]) == 0
    assert "分局 2, 派出所 4" in capsys.readouterr().out
    assert not (tmp_path / "data").exists(), "looking at a file keeps nothing"


def test_an_edited_file_under_an_old_name_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, path = tmp_path / "data", tmp_path / "city.geojson"
    path.write_bytes(plain(small_city()))
    assert locate(path, data) == 0
    city = small_city()
    city["features"][2]["properties"]["name"] = "西三派出所"
    path.write_bytes(plain(city))
    capsys.readouterr()
    for arguments in (
        ["locate", "121", "41", "--boundaries", str(path), "--data", str(data)],
        ["boundaries", "check", str(path), "--data", str(data)],
    ):
        assert main(arguments) == 1
        said = "".join(capsys.readouterr())
        assert "small-1" in said
        assert "give the edited file a new version name" in said
    with pytest.raises(Refused) as caught:
        load_boundaries(path, data)
    assert caught.value.fault is BOUNDARY_BROKEN
    assert caught.value.facts["problems"][0]["kind"] == "version"  # type: ignore[index]
    city["version"] = "small-2"
    path.write_bytes(plain(city))
    assert locate(path, data) == 0
    # The first content is still the first version, however it is written.
    path.write_bytes(json.dumps(small_city(), indent=1).encode("utf-8-sig"))
    assert locate(path, data) == 0


def test_the_hash_is_of_the_content_not_of_the_file() -> None:
    city = small_city()
    first = Boundaries.from_geojson(city)
    other = small_city()
    other["features"].reverse()
    other["note"] = "saved again"
    other["features"][0]["properties"]["fid"] = 7
    assert Boundaries.from_geojson(other).full_version == first.full_version
    for change in (
        lambda file: file["features"][2]["properties"].update(name="x"),
        lambda file: file["features"][2]["properties"].update(synthetic=False),
        lambda file: file.update(valid_from="2026-02-01"),
        lambda file: points(file, lambda at: [at[0] + 1e-6, at[1]]),
    ):
        changed = small_city()
        change(changed)
        assert Boundaries.from_geojson(changed).digest != first.digest


def _damage(path: Path) -> list[bytes]:
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    return [b"", whole[:10], whole[:-1], whole + b"x", bytes(flipped), b"\0" * len(whole)]


def test_a_damaged_or_older_kept_file_is_made_anew(tmp_path: Path) -> None:
    data, path = tmp_path / "data", tmp_path / "city.geojson"
    path.write_bytes(plain(small_city()))
    wanted = load_boundaries(path, data)
    (file,) = (data / "boundaries").iterdir()
    whole = file.read_bytes()
    for spoilt in _damage(file):
        file.write_bytes(spoilt)
        assert load_boundaries(path, data) == wanted
        assert file.read_bytes() == whole
    older = file.with_suffix(".kept0")
    file.rename(older)
    assert load_boundaries(path, data) == wanted
    assert file.read_bytes() == whole
    file.chmod(0o600)
    file.unlink()
    file.mkdir()  # nothing can be written there
    assert load_boundaries(path, data) == wanted


def test_saved_again_it_is_kept_once(tmp_path: Path) -> None:
    data, path = tmp_path / "data", tmp_path / "city.geojson"
    for text in TAKEN[:4]:
        path.write_bytes(text(small_city()))
        load_boundaries(path, data)
    assert len(list((data / "boundaries").iterdir())) == 1


async def test_the_store_keeps_versions_apart_by_content(
    site: Site, store: MongoStore, boundaries: Boundaries
) -> None:
    city = small_city()
    city["features"][2]["properties"]["name"] = "西三派出所"
    edited = Boundaries.from_geojson(city)
    shelf = site.house.store.boundaries
    for one in (boundaries, edited):
        await keep_boundaries(site.house.store, one)
        kept_areas = await shelf.find({"set": one.full_version}, limit=100)
        assert {area.feature["properties"]["name"] for area in kept_areas} == {
            area.name for area in one.areas
        }
    assert boundaries.full_version != edited.full_version


names = st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable() and text.strip())
ids = st.lists(names, min_size=5, max_size=5, unique=True)
degrees = st.floats(0.001, 0.4)


@settings(max_examples=80, deadline=None)
@given(ids, names, degrees, degrees, st.floats(74, 135), st.floats(4, 53), st.booleans())
def test_any_file_that_is_taken_is_kept_equal(
    tmp_path_factory: pytest.TempPathFactory,
    ids: list[str],
    name: str,
    width: float,
    height: float,
    lon: float,
    lat: float,
    hole: bool,
) -> None:
    def ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
        return [[west, south], [east, south], [east, north], [west, north], [west, south]]

    outer = ring(lon, lat, lon + width, lat + height)
    rings = [outer]
    if hole:
        third = (lon + width / 3, lat + height / 3, lon + width / 2, lat + height / 2)
        rings.append(ring(*third)[::-1])
    bureau, station, community, grid, other = ids
    features = [
        {
            "type": "Feature",
            "properties": {"id": id, "name": name, "level": level, "parent": parent, "x": None},
            "geometry": {"type": "MultiPolygon", "coordinates": [rings]}
            if level == Level.GRID
            else {"type": "Polygon", "coordinates": rings},
        }
        for id, level, parent in (
            (bureau, Level.BUREAU, None),
            (station, Level.STATION, bureau),
            (community, Level.COMMUNITY, station),
            (grid, Level.GRID, community),
        )
    ]
    file = {"type": "FeatureCollection", "version": other, "datum": "WGS84", "features": features}
    try:
        wanted = Boundaries.from_geojson(json.dumps(file).encode())
    except Refused:
        return  # a hole in a bureau that is no territory of anybody, degrees that underflow
    folder = tmp_path_factory.mktemp("kept")
    path = folder / "file.geojson"
    path.write_text(json.dumps(file))
    assert kept.load(path, folder / "b") == wanted
    assert kept.known(path, folder / "b")
    again = kept.load(path, folder / "b")
    assert again == wanted
    assert again.full_version == wanted.full_version
    assert isinstance(again.areas[0], Jurisdiction)
