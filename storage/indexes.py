"""Which indexes the store keeps, by collection. Each is for a query of the product; that of the audit for
whoever looks through it by hand.
"""

from __future__ import annotations

import pymongo
from pymongo import IndexModel

up, down = pymongo.ASCENDING, pymongo.DESCENDING

# Nothing asks for these any more: they are dropped.
OBSOLETE: dict[str, tuple[str, ...]] = {
    "dialogs": ("at_1",),
    "incidents": ("key_1",),
    "messages": ("about_1_state_1",),
    "residents": ("community_1__id_1",),
    "tips": ("officer_1_updated_at_-1",),
}

INDEXES: dict[str, list[IndexModel]] = {
    "incidents": [
        # For search, and not unique: a number that exists already must not cost a report.
        IndexModel("number"),
        IndexModel([("state", up), ("raised_at", down)]),
        IndexModel([("raised_at", down)]),
        IndexModel([("responders.station", up), ("raised_at", down)]),
        # Not led by ``via``: the embedded store reads everything for an $in before a range.
        IndexModel([("updated_at", down)]),
        IndexModel("unfinished"),
    ],
    "people": [
        IndexModel("login", unique=True),
        # A WeCom account logs in one person. ``sparse`` would not do: every document has the field.
        IndexModel("userid", unique=True, partialFilterExpression={"userid": {"$gt": ""}}),
        IndexModel([("role", up), ("station", up)]),
        IndexModel("station"),
    ],
    "attempts": [
        IndexModel("at"),
        # An administrator frees an account, however many addresses tried to log in to it.
        IndexModel("login", partialFilterExpression={"login": {"$gt": ""}}),
    ],
    "presences": [
        IndexModel("seen_at"),
    ],
    "sessions": [
        IndexModel("person"),
        IndexModel("expires_at"),
    ],
    "checkpoints": [
        IndexModel("incident"),
    ],
    "audit": [
        IndexModel([("at", down)]),
    ],
    "boundaries": [
        IndexModel("set"),
    ],
    "arrivals": [
        IndexModel([("state", up), ("seq", up)]),
        IndexModel([("state", up), ("lane", up), ("seq", up)]),
        IndexModel([("person", up), ("state", up), ("seq", up)]),
        IndexModel([("person", up), ("state", up), ("lane", up), ("seq", up)]),
    ],
    "residents": [
        IndexModel([("community", up), ("following", up)]),
        IndexModel("incident", partialFilterExpression={"incident": {"$gt": ""}}),
    ],
    "dialogs": [
        IndexModel([("state", up), ("at", up)]),
    ],
    "tellers": [
        IndexModel([("told", up), ("opened_at", down)]),
    ],
    "loose_files": [
        IndexModel("at"),
    ],
    "tips": [
        IndexModel("number", unique=True),
        IndexModel([("station", up), ("updated_at", down)]),
        IndexModel([("updated_at", down)]),
        IndexModel([("listed_for", up), ("updated_at", down)]),
        # What somebody who goes away leaves open; nothing but these two is asked for.
        IndexModel([("officer", up), ("state", up)]),
        IndexModel([("called", up), ("state", up)]),
        IndexModel("handed.by", partialFilterExpression={"handed.by": {"$gt": ""}}),
        IndexModel("incident"),
        IndexModel("event"),
        # The order in which to look at open ones (domain/inbox.py): of all, of a station, of a person.
        IndexModel("turn"),
        IndexModel([("station", up), ("turn", up)]),
        IndexModel([("listed_for", up), ("turn", up)]),
        IndexModel("unread_for"),
        # Of a category or a tag, in either order of the list.
        IndexModel([("labels", up), ("turn", up)]),
        IndexModel([("labels", up), ("updated_at", down)]),
        # Asked every half a minute: those of whose wait nobody, or no supervisor was reminded.
        IndexModel([("reminded", up), ("turn", up)]),
        # The numbers of a time, of all and of a station.
        IndexModel("opened_at"),
        IndexModel([("station", up), ("opened_at", up)]),
    ],
    "viewings": [
        IndexModel("tip"),
        IndexModel("at"),
    ],
    "messages": [
        IndexModel([("state", up), ("rank", up), ("due_at", up)]),
        IndexModel([("to", up), ("state", up), ("seq", up)]),
        IndexModel([("to", up), ("state", up), ("rank", up), ("seq", up)]),
        IndexModel([("about", up), ("state", up), ("created_at", up)]),
    ],
    "groups": [
        IndexModel([("name", up), ("state", up)]),
        IndexModel("community"),
        IndexModel("dirty_at"),
        # Asked every second: those that are to have another owner.
        IndexModel("handing"),
    ],
    "doorways": [
        IndexModel("community"),
        IndexModel("state"),
        # Of a group of which an event told: which codes lead to it.
        IndexModel("chats"),
        # Asked every second: those to be made, and those to be taken away.
        IndexModel([("removed", up), ("url", up)]),
        IndexModel([("removed", up), ("config", up)]),
    ],
    "notices": [
        IndexModel([("state", up), ("updated_at", down)]),
        IndexModel([("updated_at", down)]),
        IndexModel("number"),
        IndexModel("live"),
        IndexModel([("state", up), ("expires_at", up)]),
        # Of each draft: what else its author wrote that day.
        IndexModel([("author", up), ("day", up)]),
        # The numbers of a time.
        IndexModel("published_at"),
        # The calendar.
        IndexModel("send_at"),
        # What its author released last.
        IndexModel([("author", up), ("published_at", down)]),
    ],
    "recurring": [
        IndexModel("state"),
        IndexModel("station"),
        IndexModel("untold"),
    ],
    "webhook_events": [
        # Asked every second: what is due.
        IndexModel([("state", up), ("due_at", up)]),
        IndexModel([("integrator", up), ("state", up), ("due_at", up)]),
        IndexModel([("integrator", up), ("at", down)]),
        IndexModel("at"),
    ],
    "deliveries": [
        IndexModel([("notice", up), ("_id", up)]),
        IndexModel([("state", up), ("due_at", up)]),
    ],
}
