"""Refresh or check the browser libraries under static/vendor.

The users' networks are closed, so the libraries lie in the repository, pinned and checksummed.

    python3 tools/vendor.py            fetch the pinned versions again (needs npm and a registry)
    python3 tools/vendor.py --check    compare the files with manifest.json (needs neither)

Only the standard library is used. Refreshing also rebuilds the icon sprite from ICONS below.
"""

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
MANIFEST = "manifest.json"
SPRITE = "icons/sprite.svg"


class Package(NamedTuple):
    """One npm package at one exact version and the files copied from it."""

    name: str
    version: str
    folder: str
    licence: str
    files: tuple[str, ...]


PACKAGES = (
    Package(
        "@tabler/core",
        "1.6.1",
        "tabler",
        "MIT",
        ("dist/css/tabler.min.css", "dist/js/tabler.min.js"),
    ),
    Package(
        "echarts",
        "6.1.0",
        "echarts",
        "Apache-2.0",
        ("dist/echarts.common.min.js", "LICENSE", "NOTICE", "licenses/LICENSE-d3"),
    ),
    Package("htmx.org", "2.0.11", "htmx", "0BSD", ("dist/htmx.min.js", "LICENSE")),
    Package("@tabler/icons", "3.51.0", "icons", "MIT", ("LICENSE",)),
)

# The outline icons a template or a navigation entry names; a test compares the two.
ICONS = tuple(
    """
    alert-circle alert-triangle arrow-back-up arrow-down arrow-up arrows-sort bell book bookmark
    building-community calendar chart-bar check chevron-down chevron-left chevron-right
    circle-check circle-x clipboard-check clipboard-list clock cloud-check columns copy database
    download edit external-link eye eye-off file-check file-export file-spreadsheet file-text
    filter help-circle history home info-circle key layout-grid link list list-check list-details
    lock lock-open logout mail maximize menu-2 minus moon paperclip phone player-play plus printer
    refresh search send server settings shield-check signature sitemap speakerphone star
    switch-horizontal table table-import tool trash trending-up upload user user-check user-plus
    users wifi-off x
    """.split()
)

SOURCE_MAP = re.compile(rb"\s*(?:/\*[#@]\s*sourceMappingURL=.*?\*/|//[#@]\s*sourceMappingURL=\S*)")
SHAPES = re.compile(r"<(?:path|circle|line|rect|ellipse|polyline)\b[^>]*?/>")
BOUNDING_BOX = 'd="M0 0h24v24H0z"'


def digest(data: bytes) -> str:
    """The sha256 of the bytes as the manifest writes it."""
    return hashlib.sha256(data).hexdigest()


def check(folder: Path = VENDOR) -> list[str]:
    """Differences between the folder and its manifest, one sentence each; empty when they agree."""
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    packages = manifest["packages"]
    expected = {path: row["sha256"] for each in packages for path, row in each["files"].items()}
    pinned = {(each["name"], each["version"]) for each in packages}
    found = {
        path.relative_to(folder).as_posix(): digest(path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    both = sorted(expected.keys() & found.keys())
    problems = [f"{path} is missing" for path in sorted(expected.keys() - found.keys())]
    problems += [f"{path} is not listed" for path in sorted(found.keys() - expected.keys())]
    problems += [
        f"{path} differs from its checksum" for path in both if expected[path] != found[path]
    ]
    if pinned != {(package.name, package.version) for package in PACKAGES}:
        problems.append("the manifest names other versions than this tool")
    return problems


def pack(package: Package, into: Path) -> tuple[dict[str, bytes], str]:
    """The files of the published tarball and its npm integrity, checked against the bytes."""
    spec = f"{package.name}@{package.version}"
    answer = subprocess.run(
        ["npm", "pack", "--json", "--pack-destination", str(into), spec],
        check=True,
        capture_output=True,
        text=True,
    )
    entry = json.loads(answer.stdout)[0]
    tarball = into / entry["filename"].replace("@", "").replace("/", "-")
    algorithm, _, expected = entry["integrity"].partition("-")
    found = hashlib.new(algorithm, tarball.read_bytes()).digest()
    if found != base64.b64decode(expected):
        raise SystemExit(f"{spec}: the tarball does not match its integrity")
    with tarfile.open(tarball) as archive:
        files = {
            member.name.partition("/")[2]: archive.extractfile(member).read()  # type: ignore[union-attr]
            for member in archive.getmembers()
            if member.isfile()
        }
    return files, entry["integrity"]


def target(package: Package, path: str) -> str:
    """Where a packed file lies under static/vendor: the package's folder and the bare name."""
    return f"{package.folder}/{path.rpartition('/')[2]}"


def cleaned(data: bytes) -> bytes:
    """Without source map comments: the maps are not shipped and hashed storage would miss them."""
    return SOURCE_MAP.sub(b"", data)


def sprite(files: dict[str, bytes]) -> bytes:
    """One SVG with a symbol `i-<name>` per icon."""
    symbols = []
    for name in sorted(ICONS):
        source = files[f"icons/outline/{name}.svg"].decode("utf-8")
        shapes = [shape for shape in SHAPES.findall(source) if BOUNDING_BOX not in shape]
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>')
    body = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'.encode()


def mit_licence(files: dict[str, bytes], grant: bytes) -> bytes:
    """The licence of @tabler/core, whose package carries only a banner: its holders, our MIT text.

    `grant` is the licence file of @tabler/icons, by the same author.
    """
    banner = files["dist/css/tabler.min.css"].decode("utf-8").partition("*/")[0]
    holders = re.findall(r"Copyright .*", banner)
    lines = grant.decode("utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("Permission"))
    return "\n".join(["MIT License", "", *holders, "", *lines[start:]]).encode() + b"\n"


def copies(package: Package, packed: dict[str, dict[str, bytes]]) -> dict[str, bytes]:
    """What goes under static/vendor for one package: its named files and what is made of them."""
    files = packed[package.name]
    result = {target(package, path): cleaned(files[path]) for path in package.files}
    if package.name == "@tabler/core":
        result[f"{package.folder}/LICENSE"] = mit_licence(files, packed["@tabler/icons"]["LICENSE"])
    if package.name == "@tabler/icons":
        result[SPRITE] = sprite(files)
    return result


def refresh(folder: Path = VENDOR) -> None:
    """Fetch every package, write its files and the manifest."""
    packed, rows = {}, []
    integrity = {}
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            packed[package.name], integrity[package.name] = pack(package, Path(scratch))
    for package in PACKAGES:
        written = copies(package, packed)
        for path, data in written.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        rows.append(
            {
                "name": package.name,
                "version": package.version,
                "licence": package.licence,
                "integrity": integrity[package.name],
                "files": {
                    path: {"sha256": digest(data), "bytes": len(data)}
                    for path, data in sorted(written.items())
                },
            }
        )
    text = json.dumps({"packages": rows}, ensure_ascii=False, indent=2)
    (folder / MANIFEST).write_text(text + "\n", "utf-8")


def main() -> int:
    """Run from the command line; the exit code is 1 when the check finds a difference."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only; needs no npm")
    if not parser.parse_args().check:
        refresh()
    problems = check()
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
