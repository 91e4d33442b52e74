"""What goes out to the evaluator: the sheet that `shirushi issuer case answers` takes, and the application. Pure.

The same state gives the same bytes of everything but the workbook, whose form carries the time at which it was written.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from issuer.supplier.approving import standing_approval
from issuer.template import write_template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from issuer.supplier.answering import Progress
    from issuer.supplier.approving import Approval
    from issuer.template import Form

FORM = "shirushi-application-1"
OLDEST = (1980, 1, 1, 0, 0, 0)


def answer_sheet(progress: Progress, form: Form) -> bytes:
    """Return the filled answer sheet."""
    undertaking = progress.undertaking
    holder = undertaking.profile.holder
    about = holder.name if holder else ""
    return write_template(undertaking.pack, undertaking.level, form=form, about=about, answers=progress.answers)


def application_file(progress: Progress, approvals: Sequence[Approval]) -> bytes:
    """Return who applies for what, which result belongs to it, and who approved that."""
    approval = standing_approval(progress, approvals)
    expert = progress.undertaking.profile.expert
    members: dict[str, Any] = {
        "form": FORM,
        **progress.undertaking.members(),
        "expert": {"name": expert.name, "number": expert.number} if expert else None,
        "result_sha256": progress.result_sha256,
        "approved": {"by": approval.name, "at": approval.at} if approval else None,
        "evidence": [
            {"item": item, "name": one.name, "sha256": one.sha256, "size": one.size}
            for item, files in sorted(progress.attached.items())
            for one in files
        ],
    }
    return (json.dumps(members, ensure_ascii=False, indent=2) + "\n").encode()


def package_file(progress: Progress, approvals: Sequence[Approval]) -> bytes:
    """Return one archive with the sheet in both forms and the application."""
    files = {
        "answers.xlsx": answer_sheet(progress, "xlsx"),
        "answers.csv": answer_sheet(progress, "csv"),
        "application.json": application_file(progress, approvals),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, OLDEST), data)
    return buffer.getvalue()
