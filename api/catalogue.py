"""What a client does about each refusal: the half of the error catalogue that ``domain/errors.py`` lacks."""

from __future__ import annotations

from domain.errors import FAULTS, INTERNAL, Fault

# By code. Where a refusal comes from more than one place, the sentence is true of all of them.
ADVICE = {
    "bad_request": "Mend the body: it is no JSON, is too deep, or did not arrive in time.",
    "invalid": "Mend what `detail` names. `facts.field` or `facts.missing` names the member.",
    "datum_missing": "Send `datum` with the position: `WGS84` from a browser, `GCJ02` from WeChat.",
    "login_needed": "Log in, or send the caller's token as `Authorization: Bearer`.",
    "login_failed": "Ask for account, password and one-time code again.",
    "second_factor": "PUT `/session/totp` first; until then nothing else is open to the session.",
    "unreadable": "The record is of a newer version, or damaged. Try no more; its operator has to see to it.",
    "proof_needed": "POST `/session/proof` with password and one-time code, then send the same again.",
    "password_needed": "PUT `/session/password` first; until then nothing else is open to the session.",
    "login_slowed": "Wait for `Retry-After`; further tries before that are not judged.",
    "token_bad": "Throw the token away. A caller without one makes a new report or uses a link.",
    "forbidden": "Do not repeat it: the role, station or person may not do this.",
    "origin_refused": "Send `Origin` with an address that `JINGMIN_ORIGINS` names.",
    "not_found": "Do not repeat it: it does not exist, or not for whoever asks.",
    "method_not_allowed": "Use a method that the header `Allow` names.",
    "wrong_state": "Read the document again and show what is possible in its state.",
    "taken": "Show `facts.name`: somebody else has it.",
    "in_hand": "Hand over the incidents of `facts.incidents` first.",
    "not_at_desk": "Read `/desks` again and choose a colleague who is there.",
    "conflict": "Read the document again and let a person decide what counts.",
    "duplicate": "Choose another name; the first one stands.",
    "too_large": "Send less; the limits are in docs/clients.md.",
    "media_kind": "Send one of the media types that the operation names.",
    "range": "Ask without `Range`, or within the size in `detail`.",
    "too_many": "Wait for `Retry-After` (`facts.seconds`), then send the same again.",
    "internal": "Report it with the request id. The same request may be sent again once.",
    "not_taken": "Neither store nor disk took the report. Show 110 to dial; send the same again.",
    "store_down": "Send the same again after some seconds, with the same key.",
    "busy": "Send the same again after some seconds, with the same key.",
    "no_media": "Go on in writing and ask for the call again after some seconds.",
    "boundary_broken": "Of the command `jingmin boundaries`: mend the file at the place named.",
    "protocol": "Mend the client: the message has another form than the protocol says.",
    "ticket_bad": "Ask for a new ticket; each is good once and for a short time.",
    "room_full": "Say so, and go on in writing.",
    "room_ended": "Read the incident again; the call is over.",
    "sdp_bad": "Mend the offer as `detail` says.",
    "media_lost": "Ask for a new ticket and connect anew.",
}
# Told on the sockets alone, and by the command alone: no operation of the REST API has them.
ON_SOCKETS = ("protocol", "room_full", "room_ended", "sdp_bad", "media_lost")
ON_BOTH = ("ticket_bad", "token_bad", "too_large")
OF_COMMANDS = ("boundary_broken",)
OF_ADDRESSES = ("method_not_allowed",)  # no operation, but an address asked in another way


def catalogue() -> list[tuple[Fault, str]]:
    """Every refusal and what to do about it, by status and code."""
    advice = ((fault, ADVICE.get(code, "")) for code, fault in FAULTS.items())
    return sorted(advice, key=lambda one: (one[0].status, one[0].code))


def where(fault: Fault) -> str:
    """Where a refusal is met."""
    if fault.code in OF_COMMANDS:
        return "command"
    if fault.code in ON_SOCKETS:
        return "signalling"
    if fault.code in ON_BOTH:
        return "REST, sockets"
    return "any answer" if fault is INTERNAL else "REST"
