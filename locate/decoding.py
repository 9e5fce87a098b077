"""A boundary file from the disk, and its text as JSON.

One reader judges a file, the first time and every time: what is written here is all that is accepted.
Text is UTF-8, with or without a byte order mark, or UTF-16 with one (Windows calls it Unicode).
``NaN`` and ``Infinity``, which pandas and GDAL write into properties, are read; as a coordinate they
are refused later. Everything else is refused with a sentence that says what it is and what to do.
"""

from __future__ import annotations

import codecs
import json
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from domain.errors import Refused
from domain.json_limits import check_json
from locate.problem import Problem, refuse

MOST_BYTES = 512 * 1024 * 1024

# First bytes of what offices send instead of GeoJSON.
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "gzip; unpack it first", "gzip 压缩文件，请先解压。"),
    (b"PK\x03\x04", "a ZIP archive; unpack it first", "ZIP 压缩文件，请先解压。"),
    (
        b"SQLite format 3\x00",
        "a GeoPackage; export it as GeoJSON",
        "GeoPackage 文件，请导出为 GeoJSON。",
    ),
    (
        b"\x00\x00\x27\x0a",
        "a Shapefile; export it as GeoJSON",
        "Shapefile 文件，请导出为 GeoJSON。",
    ),
)
_SAVE_AS_UTF8 = "请另存为 UTF-8 编码的 GeoJSON。"


def read_file(path: Path) -> bytes:
    """The bytes of a regular file; refuses (kind ``file``) what cannot be read, with what to do."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            _refuse_file(
                f"{path} is a folder; name the GeoJSON file", f"{path} 是目录，请写明文件名。"
            )
        if not stat.S_ISREG(found.st_mode):  # reading a pipe or a device may never end
            _refuse_file(f"{path} is not a regular file", f"{path} 不是普通文件。")
        if found.st_size > MOST_BYTES:
            _too_long()
        return path.read_bytes()
    except FileNotFoundError:
        en = f"there is no file {path}; check the path (setting boundaries)"
        _refuse_file(en, f"没有文件 {path}，请检查路径（设置项 boundaries）。")
    except PermissionError:
        en = f"{path} may not be read by this user; change its owner or mode"
        _refuse_file(en, f"当前用户无权读取 {path}，请修改文件权限。")
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or str(error)
        _refuse_file(f"{path} cannot be read: {what}", f"无法读取 {path}：{what}。")


def read_json(data: bytes | str | Mapping[str, Any]) -> dict[str, Any]:
    """The top level of a boundary file; refuses what is no JSON object or longer than 512 MiB."""
    if isinstance(data, Mapping):
        return dict(data)
    if len(data) > MOST_BYTES:
        _too_long()
    text = data.removeprefix("\ufeff") if isinstance(data, str) else _text(data)
    if not text.strip():
        _refuse("the file is empty, not JSON; write it again", "文件是空的，请重新导出。")
    try:
        check_json(text, 4 * MOST_BYTES)
        read = json.loads(text)
    except (ValueError, Refused) as error:
        _refuse(f"the file is not JSON: {error}", "文件不是有效的 JSON。")
    if not isinstance(read, dict):
        _refuse("the file is not a JSON object", "文件内容不是 JSON 对象。")
    return read


def _text(data: bytes) -> str:
    for first, en, zh in _OTHERS:
        if data.startswith(first):
            _refuse(f"the file is not JSON but {en}", f"文件不是 JSON，而是 {zh}")
    encoding, name = "utf-8-sig", "UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding, name = "utf-16", "UTF-16"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        en = f"the file is not JSON in UTF-8: byte {error.start} is not {name}; save it as UTF-8"
        _refuse(en, f"第 {error.start} 字节不是 {name} 文字，{_SAVE_AS_UTF8}")
    if "\x00" in text[:4]:
        en = (
            "the file is not JSON in UTF-8 but looks like UTF-16 without its mark; save it as UTF-8"
        )
        _refuse(en, f"文件像是没有标记的 UTF-16, {_SAVE_AS_UTF8}")
    return text


def _too_long() -> NoReturn:
    refuse([Problem("size", "the file is longer than 512 MiB", "文件超过 512 MiB。")])


def _refuse(reason: str, zh: str) -> NoReturn:
    refuse([Problem("json", reason, zh)])


def _refuse_file(reason: str, zh: str) -> NoReturn:
    refuse([Problem("file", reason, zh)])
