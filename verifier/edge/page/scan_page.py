"""The page /verify, whose browser judges: the page, its app manifest and its service worker.

It reads without a script as well: then its form asks the server. The QR decoder is another project's and is fetched
when the product is built (``make assets``); without it the page says so and takes texts and ids.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from verifier.edge.i18n import LANGUAGES, translator
from verifier.edge.page.account import banners
from verifier.edge.page.scan_words import icons, scan_words
from verifier.edge.rendering import SIGN, STATIC, data_element, render, static_file, style_address
from verifier.encoding import canonical, digest
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

PATH = "/verify"
WORKER = f"{PATH}/worker.js"
MANIFEST = f"{PATH}/app.webmanifest"
DOCUMENT_KEY = f"{PATH}/document-key.pem"
_ENTRY = "scan/app.js"
_WORKER = "scan/worker.js"
_PACKAGED = "vendor/manifest.json"


def scan_page(*, lang: str, environment: str, asked_lang: str | None = None) -> str:
    """Return the page. ``asked_lang`` is the language that the address names, which the form keeps."""
    t = translator(lang)
    return render(
        "verify.html",
        lang=lang,
        path=PATH,
        title=t.gettext("scan.title"),
        banners=banners(environment, t),
        manifest=MANIFEST,
        entry=STATIC + _ENTRY,
        packaged=[(STATIC + path, integrity) for path, integrity in _packaged()],
        icons=icons(),
        words=data_element(scan_words(t)),
        chosen=[lang] if asked_lang == lang else [],
    )


def scan_manifest(*, lang: str) -> bytes:
    """Return the web app manifest."""
    t = translator(lang)
    return canonical(
        {
            "name": t.gettext("scan.app.name"),
            "short_name": t.gettext("scan.app.name"),
            "lang": lang,
            "id": PATH,
            "start_url": PATH,
            "scope": PATH,
            "display": "standalone",
            "background_color": "#f4f5f7",
            "theme_color": "#f4f5f7",
            "icons": [{"src": STATIC + SIGN, "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
        }
    )


@cache
def scan_worker() -> bytes:
    """Return the service worker: what it keeps, and a version that changes with any of it."""
    paths = [PATH, *(f"{PATH}?lang={lang}" for lang in LANGUAGES), MANIFEST, style_address()]
    names = [SIGN, *_modules(), *(path for path, _ in _packaged())]
    content = [*(static_file(name)[0] for name in names), static_file(_WORKER)[0], static_file("style.css")[0]]
    content += [canonical(scan_words(translator(lang))) for lang in LANGUAGES]
    version = digest(b"".join(content))[:16]
    files = json.dumps([*paths, *(STATIC + name for name in names)])
    head = f"const VERSION = {json.dumps(version)};\nconst FILES = {files};\n\n"
    return head.encode() + static_file(_WORKER)[0]


def _modules() -> list[str]:
    """Return every module of the judge and of the page, but the worker, which is no module."""
    found = [f"{folder}/{one.name}" for folder in ("judge", "scan") for one in _static(folder).iterdir()]
    return sorted(name for name in found if name.endswith(".js") and name != _WORKER)


def _packaged() -> list[tuple[str, str]]:
    """Return the decoder's modules, each with its digest; none where the assets were not built."""
    try:
        packages = json.loads(static_file(_PACKAGED)[0])["packages"]
    except NotFoundError:
        return []
    files = [file for package in packages for file in package["files"]]
    return [(f"vendor/{file['path']}", file["integrity"]) for file in files if file["kind"] == "module"]


def _static(folder: str) -> Traversable:
    return resources.files("verifier.edge").joinpath("static", folder)
