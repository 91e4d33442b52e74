"""Lists of suppliers: taken in, ordered, checked with progress, answered row by row, kept or forgotten."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from verifier.check.columns import ROLES
from verifier.dates import parse_instant
from verifier.edge.buyer.copy_view import copy_facts
from verifier.edge.buyer.desk import EVERY_ROLE, TECHNICAL
from verifier.edge.buyer.kept_checks import add_check, all_checks, find_check, forget_check
from verifier.edge.buyer.kept_watches import watch_check
from verifier.edge.buyer.list_rows import check_rows
from verifier.edge.buyer.order import Column, Order, as_columns, chosen_columns, detected, file_of, kept_sheets
from verifier.edge.buyer.order_view import form_of, order_fields, sheets_of
from verifier.edge.buyer.policy_form import chosen_policy
from verifier.edge.buyer.result_screens import show_result
from verifier.edge.check.supplier_file import MAX_BYTES
from verifier.edge.check.supplier_list import no_supplier
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.error_words import error_words
from verifier.errors import RefusedError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from verifier.edge.buyer.checking import Progress
    from verifier.edge.buyer.desk import Desk
    from verifier.edge.buyer.kept_checks import KeptCheck
    from verifier.edge.console.form import Form
    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Translator

LISTS = "/lists"
ONE = f"{LISTS}/{{list}}"
LOOK_EVERY = "2"
"""Seconds after which the page of a check that is under way loads itself anew."""
_ROLE = re.compile(r"role-([0-9]{1,6})", re.ASCII)


class ListScreens:
    """The screens and deeds of lists."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (
            Screen(LISTS, self.show_lists, EVERY_ROLE),
            Screen(ONE, self.show_list, EVERY_ROLE),
            Screen(f"{ONE}/order", self.show_order, EVERY_ROLE),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (
            Deed(LISTS, self.take_list, EVERY_ROLE, again=self.show_lists, most_bytes=MAX_BYTES + 100_000),
            Deed(f"{ONE}/check", self.check_list, EVERY_ROLE, again=self.show_order),
            Deed(f"{ONE}/again", self.check_again, EVERY_ROLE),
            Deed(f"{ONE}/stop", self.stop_check, EVERY_ROLE),
            Deed(f"{ONE}/watch", self.watch_list, EVERY_ROLE),
            Deed(f"{ONE}/forget", self.forget_list, TECHNICAL),
        )

    def show_lists(self, visit: Visit) -> Response:
        """Show the lists, and take a new one."""
        rows = check_rows(all_checks(self._desk.folder.checks), self._desk.checking, visit)
        return visit.show(
            "buyer/lists.html",
            title=visit.t.gettext("buyer.lists.title"),
            lists=rows,
            copy=copy_facts(self._desk, visit),
            file_hint=visit.t.gettext("buyer.lists.file.hint", rows="100,000"),
        )

    def take_list(self, visit: Visit) -> Response:
        """Keep a list with what its columns seem to hold. Raises MalformedError where it holds no supplier."""
        sent = visit.form.file("list")
        title = sent.filename.replace("\\", "/").rpartition("/")[2][-200:]
        order = Order(title=title, sheet=visit.form.get("sheet") or None, by=visit.person.name, made=self._desk.now())
        file = file_of(sent.data, order)
        columns = detected(file)
        if columns.first >= len(file.rows):
            raise no_supplier(file)
        found = {"columns": as_columns(columns.roles), "first": columns.first, "sheets": kept_sheets(file)}
        told = order.model_copy(update=found)
        kept = add_check(self._desk.folder.checks, sent.data, told, self._desk.entropy)
        return visit.go(f"{LISTS}/{kept.id}")

    def show_list(self, visit: Visit) -> Response:
        """Show a list as it stands: its order, how far the check is, its answers, or why there are none."""
        check = self._find(visit)
        progress = self._desk.checking.progress(check.id)
        if progress is not None:
            return _under_way(visit, check, progress)
        match check.state:
            case "done":
                return show_result(visit, check, self._desk)
            case "draft":
                return self.show_order(visit)
            case state:
                failures = [_failure(check, visit.t)] if state == "failed" else []
                return visit.show(
                    "buyer/unanswered.html",
                    title=visit.t.gettext("buyer.unanswered.title"),
                    check=check,
                    failures=failures,
                )

    def show_order(self, visit: Visit) -> Response:
        """Show what is asked about a list, to be changed."""
        check = self._find(visit)
        typed = visit.form if visit.mistake is not None else None
        fields = order_fields(check, typed, visit.t)
        return visit.show(
            "buyer/order.html",
            title=visit.t.gettext("buyer.order.title"),
            check=check,
            read_as=form_of(check),
            sheets=sheets_of(check, visit.t),
            **fields,
        )

    def check_list(self, visit: Visit) -> Response:
        """Keep what is asked about a list, and begin to check it."""
        check = self._find(visit)
        if self._desk.checking.progress(check.id) is not None:
            raise RefusedError("this list is being checked", hint="Wait for the end, or stop it.")
        changed = check.change(_ordered(check, visit.form, self._desk.folder.trust_root().content.zone))
        self._desk.checking.start(changed)
        return visit.go(f"{LISTS}/{check.id}")

    def check_again(self, visit: Visit) -> Response:
        """Check a list again, as it was asked before, against the copy of today."""
        check = self._find(visit)
        _ = check.order.requirement
        self._desk.checking.start(check)
        return visit.go(f"{LISTS}/{check.id}")

    def stop_check(self, visit: Visit) -> Response:
        """Let a check end before its time."""
        check = self._find(visit)
        self._desk.checking.stop(check.id)
        return visit.go(f"{LISTS}/{check.id}", "buyer.told.stopping")

    def watch_list(self, visit: Visit) -> Response:
        """Look at the list again from now on, with the same policy."""
        watch = watch_check(self._desk.folder.watched, self._find(visit), self._desk.folder)
        return visit.go(f"/watches/{watch.id}", "buyer.told.watched")

    def forget_list(self, visit: Visit) -> Response:
        """Delete a list with its answers."""
        check = self._find(visit)
        if self._desk.checking.progress(check.id) is not None:
            raise RefusedError("this list is being checked", hint="Stop it first.")
        forget_check(check)
        return visit.go(LISTS, "buyer.told.forgotten", title=check.order.title)

    def _find(self, visit: Visit) -> KeptCheck:
        return find_check(self._desk.folder.checks, visit.params["list"])


def _ordered(check: KeptCheck, form: Form, zone: str) -> Order:
    """Return the order of a form. Raises MalformedError, WrongUseError for what is no order."""
    policy, programme, judged = chosen_policy(form)
    at = form.get("at") or judged
    if at:
        parse_instant(at, zone=zone)
    named = ((_ROLE.fullmatch(name), values[0]) for name, values in form.fields.items())
    roles = {int(found[1]): role for found, role in named if found and role in ROLES}
    first = form.number("first")
    if first < 1:
        raise WrongUseError("rows are counted from 1")
    changes: dict[str, Any] = {
        "columns": tuple(Column(place=place, role=role) for place, role in sorted(roles.items())),
        "first": first - 1,
        "policy": policy.members(),
        "programme": programme,
        "at": at or None,
    }
    order = check.order.model_copy(update=changes)
    chosen_columns(order, file_of(check.data(), order))
    return order


def _failure(check: KeptCheck, t: Translator) -> dict[str, Any]:
    told = check.failure()
    return {**told, "words": error_words(told["code"], t), "hints": [told["hint"]] if told["hint"] else []}


def _under_way(visit: Visit, check: KeptCheck, progress: Progress) -> Response:
    most = max(progress.total, 1)
    answer = visit.show(
        "buyer/progress.html",
        title=visit.t.gettext("buyer.progress.title"),
        check=check,
        stage=visit.t.gettext(f"buyer.stage.{progress.stage}"),
        done=str(progress.done),
        total=str(most),
        counted=[f"{progress.done:,} / {progress.total:,}"] if progress.total else [],
    )
    # Works without scripts; the page changes nothing, so loading it anew loses nothing.
    answer.headers["Refresh"] = LOOK_EVERY
    return answer
