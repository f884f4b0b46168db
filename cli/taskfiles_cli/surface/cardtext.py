"""A card as lines of text: what a board in letters shows of one task, in a given width; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from taskfiles import Card
from taskfiles.errors import number_of
from taskfiles_cli.render.cells import cut, text_width
from taskfiles_cli.render.flow import Styled, wrap
from taskfiles_cli.render.lines import Parts, escape
from taskfiles_cli.render.signs import Icons, prefix
from taskfiles_cli.surface.phrases import Clock, say_milestone, say_priority, say_time, say_tries, say_wait

_LABELS, _NAMES = 3, 2  # that are named; the rest is counted
_INDENT: Styled = ("plain", "  ")
_DOT: Styled = ("dim", " · ")


class Look(NamedTuple):
    """How cards are drawn: width in columns, icons, the clock; `is_short` leaves out what can wait.

    `before` stands before the title, as a mark does.
    """

    width: int
    icons: Icons
    clock: Clock
    is_short: bool = False
    before: tuple[Styled, ...] = ()


def card_lines(card: Card, boxes: tuple[int, int], look: Look) -> list[Parts]:
    """Draw a card: its title, then what is known of it, then what stands in its way.

    `boxes` are the ticked criteria and all of them.
    """
    mark = find_mark(card)
    lead = "" if look.icons is None else prefix(look.icons, mark) if mark else "  "
    lines = _title(card.title or card.id, (mark or "plain", lead), look)
    lines += _pack(list(_facts(card, boxes, is_short=look.is_short)), look)
    if not look.is_short:
        lines += _pack(list(_people(card)), look)
    for name, text in _remarks(card, look):
        lines += _wrap([(name, f"{prefix(look.icons, name)}{text}")], look, most=2 if look.is_short else 3)
    tries = say_tries(card)
    if tries and not (look.is_short and card.tries is not None and card.tries.failure is None):
        lines += _wrap([("dim", tries)], look)
    return lines


def _title(text: str, lead: Styled, look: Look) -> list[Parts]:
    rest: list[Styled] = [("plain", " " * text_width(lead[1]))]
    begin = [*look.before, lead]
    lines = wrap([("bold", text)], look.width, begin, rest)
    most = 1 if look.is_short else 2
    if len(lines) > most:
        whole = " ".join(escape(text).split())
        room = max(1, look.width - sum(text_width(part) for _, part in begin))
        if most == 1:
            return [Parts([*begin, ("bold", cut(whole, room))])]
        head = lines[0]
        taken = "".join(part for _, part in head.parts[len(begin) :])
        return [head, Parts([*rest, ("bold", cut(whole[len(taken) :].strip(), room))])]
    return lines


def find_mark(card: Card) -> str | None:
    """Return the sign that stands before a card's title, the gravest of those that are true of it."""
    if card.errors:
        return "error"
    if card.blocked:
        return "blocked"
    if card.overdue:
        return "overdue"
    return "urgent" if card.priority == "urgent" else None


def _facts(card: Card, boxes: tuple[int, int], *, is_short: bool) -> Iterator[Styled]:
    yield "dim", card.id
    if card.kind not in {"task", ""}:
        yield "plain", card.kind
    if priority := say_priority(card.priority):
        yield "urgent" if card.priority == "urgent" else "plain", card.priority if is_short else priority
    if card.due:
        yield ("overdue", f"overdue {card.due}") if card.overdue else ("plain", f"due {card.due}")
    if card.milestone is not None:
        yield "overdue" if card.milestone[2] else "plain", say_milestone(card)
    if boxes[1]:
        yield (
            "done" if boxes[0] == boxes[1] else "plain",
            f"{boxes[0]}/{boxes[1]}{'' if is_short else ' boxes'}",
        )
    if card.children[1]:
        yield "plain", f"{card.children[0]}/{card.children[1]} below it"
    if card.links and not is_short:
        yield "dim", number_of(card.links, "link")


def _people(card: Card) -> Iterator[Styled]:
    for label in card.labels[:_LABELS]:
        yield "dim", label
    if len(card.labels) > _LABELS:
        yield "dim", f"+{len(card.labels) - _LABELS}"
    for name in card.assignees[:_NAMES]:
        yield "dim", f"@{name.removeprefix('@')}"


def _remarks(card: Card, look: Look) -> Iterator[Styled]:
    if card.claim is not None:
        until = say_time(card.claim.get("until"), look.clock)
        held = "" if look.is_short else "held by "
        yield "claim", f"{held}{card.claim.get('by')} until {until}"
    if card.blocked:
        yield "blocked", f"blocked: {card.blocked}"
    elif wait := say_wait(card):
        yield "waiting", wait
    if card.errors:
        yield "error", f"{card.errors} error{'' if card.errors == 1 else 's'} in its file"


def _pack(parts: Sequence[Styled], look: Look) -> list[Parts]:
    """Set parts beside each other, each whole, on as many lines as they need."""
    lines: list[list[Styled]] = []
    room = look.width - text_width(_INDENT[1])
    used = 0
    for name, text in parts:
        shown = cut(escape(" ".join(text.split())), max(1, room))
        if lines and used + len(_DOT[1]) + text_width(shown) <= room:
            lines[-1] += [_DOT, (name, shown)]
            used += len(_DOT[1]) + text_width(shown)
        else:
            lines.append([_INDENT, (name, shown)])
            used = text_width(shown)
    return [Parts(line) for line in lines]


def _wrap(parts: Sequence[Styled], look: Look, most: int = 2) -> list[Parts]:
    """Break parts into lines of the card's width; what is beyond `most` of them is cut, and shown to be."""
    lines = wrap(parts, look.width, [_INDENT], [_INDENT])
    if len(lines) > most:
        last = lines[most - 1].parts
        room = max(1, look.width - sum(text_width(text) for _, text in last[:-1]))
        lines[most - 1] = Parts([*last[:-1], (last[-1][0], cut(f"{last[-1][1]} …", room))])
    return lines[:most]
