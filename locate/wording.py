"""Why a station was named, in a sentence for a dispatcher, in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.place import Candidate, Certainty

Sentences = tuple[str, str]

NO_BOUNDARIES: Sentences = (
    "还没有导入辖区边界文件，无法判断派出所。",
    "No boundary file has been loaded, so no station can be named.",
)
_WORTH_SAYING = 0.005  # shares below half a per cent are not mentioned


@dataclass(frozen=True, slots=True)
class Circle:
    """The uncertainty circle: ``radius`` in metres, from an accuracy that was ``stated`` or not."""

    radius: float
    accuracy: float
    stated: bool


def why(
    certainty: Certainty,
    candidates: Sequence[Candidate],
    titles: Sequence[str],
    circle: Circle,
    outside: float,
    touched: int,
) -> Sentences:
    """The sentences for an answer. ``titles`` are the candidates' full names, ``outside`` the part
    of the circle in no station's area, ``touched`` the number of stations with a share."""
    first, share = titles[0], candidates[0].share
    second = candidates[1].share if len(candidates) > 1 else 0.0
    zh_size, en_size = _length(circle.radius)
    if certainty is Certainty.DEFAULT:
        zh_far, en_far = _length(candidates[0].distance)
        zh = f"位置不在任何辖区内，最近的是{first}，相距{zh_far}。"
        en = f"Outside every area; the nearest is {first}, {en_far} away."
    elif certainty is Certainty.ONE:
        zh = f"误差圆（半径{zh_size}）有 {_part(share)} 在{first}辖区内。"
        en = f"{_part(share)} of the circle (radius {en_size}) lies in {first}."
    elif certainty is Certainty.BOTH and second > _WORTH_SAYING:
        zh = f"误差圆（半径{zh_size}）有 {_part(share)} 在{first}辖区内，"
        zh += f"{_part(second)} 在{titles[1]}辖区内，请看两家。"
        en = f"{_part(share)} of the circle (radius {en_size}) lies in {first}, "
        en += f"{_part(second)} in {titles[1]}: consider both."
    elif certainty is Certainty.BOTH:
        zh = f"误差圆（半径{zh_size}）只有 {_part(share)} 在{first}辖区内。"
        en = f"Only {_part(share)} of the circle (radius {en_size}) lies in {first}."
    elif circle.radius > 2_000:
        zh_error, en_error = _length(circle.accuracy)
        zh = f"定位误差{zh_error}，超过 1 公里，请询问来电人在哪里。"
        en = f"The position is only good to {en_error}, worse than 1 km: ask the caller."
    elif touched > 1:
        zh = f"误差圆（半径{zh_size}）分属 {touched} 个派出所，最多的{first}只占 {_part(share)}，"
        zh += "请询问来电人在哪里。"
        en = f"The circle (radius {en_size}) is split among {touched} stations, at most "
        en += f"{_part(share)} in {first}: ask the caller."
    else:
        zh = f"误差圆（半径{zh_size}）只有 {_part(share)} 在{first}辖区内，请询问来电人在哪里。"
        en = (
            f"Only {_part(share)} of the circle (radius {en_size}) lies in {first}: ask the caller."
        )
    if certainty is not Certainty.DEFAULT and outside > _WORTH_SAYING:
        zh += f"圆的 {_part(outside)} 不在任何辖区内。"
        en += f" {_part(outside)} of the circle lies in no area."
    if not circle.stated:
        zh += f"来源没有给出误差，按{_length(circle.accuracy)[0]}计算。"
        en += f" The source gave no accuracy; {_length(circle.accuracy)[1]} is assumed."
    return zh, en


def _part(share: float) -> str:
    """Per cent; 100 only for all of it, never 0."""
    if share > 0.9995:
        return "100%"
    return f"{max(1, min(99, round(share * 100)))}%"


def _length(metres: float) -> Sentences:
    if metres < 1_000:
        number = f"{metres:.0f}" if metres >= 1 else "1"
        return f" {number} 米", f"{number} m"
    number = f"{metres / 1_000:.1f}" if metres < 100_000 else f"{metres / 1_000:.0f}"
    return f" {number} 公里", f"{number} km"
