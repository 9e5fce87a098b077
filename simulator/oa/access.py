"""Access tokens, the quota and the address list of the Official Account."""

from __future__ import annotations

from simulator.calls import Answer, Call, Registry
from simulator.refusal import Refusal
from simulator.world import World


def register(api: Registry) -> None:
    api.add("GET", "/cgi-bin/token", token, token=False)
    api.add("POST", "/cgi-bin/stable_token", stable_token, token=False)
    api.add("POST", "/cgi-bin/clear_quota", clear_quota)


def _credentials(world: World, call: Call, grant: object, appid: object, secret: object) -> None:
    if grant != "client_credential":
        raise Refusal(40002, "invalid grant_type")
    if not appid:
        raise Refusal(41002)
    if not secret:
        raise Refusal(41004)
    if appid != world.config.oa.appid:
        raise Refusal(40013)
    if secret != world.config.oa.secret:
        raise Refusal(world.settings.wrong_secret)
    allowed = world.settings.oa_addresses
    if allowed is not None and call.ip not in allowed:
        raise Refusal(40164, f"invalid ip {call.ip}, not in whitelist")


def token(world: World, call: Call) -> Answer:
    get = call.query.get
    _credentials(world, call, get("grant_type"), get("appid"), get("secret"))
    world.quotas.day("/cgi-bin/token", world.settings.token_daily)
    return {"access_token": world.tokens.ordinary().text, "expires_in": 7200}


def stable_token(world: World, call: Call) -> Answer:
    get = call.data.get
    _credentials(world, call, get("grant_type"), get("appid"), get("secret"))
    one, left = world.tokens.stable(bool(get("force_refresh", False)))
    return {"access_token": one.text, "expires_in": left}


def clear_quota(world: World, call: Call) -> Answer:
    if call.data.get("appid") != world.config.oa.appid:
        raise Refusal(40013)
    clock, state = world.clock, world.state
    state.clearings = [at for at in state.clearings if clock.month(at) == clock.month()]
    if len(state.clearings) >= 10:
        raise Refusal(48006)
    state.clearings.append(clock.now())
    world.quotas.clear_days()
    world.changed()
    return {"errcode": 0, "errmsg": "ok"}
