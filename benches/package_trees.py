"""Lock files and advisories to measure on, for `benches/compare --packages`: written anew for each run."""

import json
import zipfile

# So many lock files of each kind, and packages in each.
KINDS = {"npm": (15, 800), "poetry": (10, 300), "cargo": (10, 300), "go": (10, 150), "gems": (5, 100)}
# Of each hundred names one has advisories, and each of those so many.
EVERY = 100
ADVISORIES = 3
# How many names an ecosystem has beside those of the lock files, each with an advisory.
OTHERS = 20_000

ECOSYSTEMS = {"npm": "npm", "poetry": "PyPI", "cargo": "crates.io", "go": "Go", "gems": "RubyGems"}


def locks(folder):
    """50 lock files with 20,000 packages: of five kinds, no two files with the same packages."""
    for kind, (files, packages) in KINDS.items():
        for number in range(files):
            names = [name(kind, number * packages // 2 + at) for at in range(packages)]
            place = folder / f"{kind}{number}"
            place.mkdir()
            for path, text in globals()[kind](names).items():
                (place / path).write_text(text)
    return folder


def name(kind, number):
    return f"example.org/group/part{number}" if kind == "go" else f"part-{number}"


def version(number):
    return f"{number % 7}.{number % 13}.{number % 29}"


def numbered(names):
    return [(one, version(at)) for at, one in enumerate(names)]


def npm(names):
    packages = {"": {"name": "app", "version": "1.0.0", "dependencies": {one: f"^{v}" for one, v in numbered(names)[:20]}}}
    for one, v in numbered(names):
        resolved = f"https://registry.example.org/{one}/-/{one}-{v}.tgz"
        packages[f"node_modules/{one}"] = {"version": v, "resolved": resolved, "integrity": "sha512-" + "A" * 86 + "=="}
    lock = {"name": "app", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": packages}
    return {"package-lock.json": json.dumps(lock, indent=2) + "\n"}


def poetry(names):
    entry = '[[package]]\nname = "%s"\nversion = "%s"\ndescription = ""\noptional = false\npython-versions = ">=3.9"\n'
    entry += 'files = [\n    {file = "a-%s.tar.gz", hash = "sha256:%s"},\n]\n'
    text = [entry % (one, v, v, "0" * 64) for one, v in numbered(names)]
    text.append('[metadata]\nlock-version = "2.0"\npython-versions = "^3.9"\ncontent-hash = "%s"\n' % ("0" * 64))
    return {"poetry.lock": "\n".join(text)}


def cargo(names):
    entry = '[[package]]\nname = "%s"\nversion = "%s"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n'
    entry += 'checksum = "%s"\n'
    text = ["version = 4\n"] + [entry % (one, v, "0" * 64) for one, v in numbered(names)]
    return {"Cargo.lock": "\n".join(text)}


def go(names):
    # A module of another major version would have it in its name.
    lines = "".join(f"\t{one} v0.{v[2:]} // indirect\n" for one, v in numbered(names))
    return {"go.mod": f"module example.org/app\n\ngo 1.22\n\nrequire (\n{lines})\n"}


def gems(names):
    lines = "".join(f"    {one} ({v})\n" for one, v in numbered(names))
    return {"Gemfile.lock": f"GEM\n  remote: https://gems.example.org/\n  specs:\n{lines}\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  part-0\n"}


def advisories(folder):
    """A zip of OSV records for each ecosystem, where `osv-scanner --local-db-path` looks for it."""
    zips = []
    for kind, ecosystem in ECOSYSTEMS.items():
        place = folder / "osv-scalibr" / ecosystem
        place.mkdir(parents=True)
        zips.append(place / "all.zip")
        with zipfile.ZipFile(zips[-1], "w", zipfile.ZIP_DEFLATED) as archive:
            known = [name(kind, number) for number in range(0, 10_000, EVERY) for _ in range(ADVISORIES)]
            unknown = [f"other-{number}" for number in range(OTHERS)]
            for number, one in enumerate(known + unknown):
                record = osv(f"GHSA-{kind}-{number:06}", ecosystem, one, number)
                archive.writestr(f"{record['id']}.json", json.dumps(record))
    return zips


def osv(advisory, ecosystem, package, number):
    order = "ECOSYSTEM" if ecosystem in ("PyPI", "RubyGems") else "SEMVER"
    events = [{"introduced": "0"}, {"fixed": f"{number % 5 + 1}.0.0"}]
    return {
        "schema_version": "1.7.0",
        "id": advisory,
        "modified": "2026-01-01T00:00:00Z",
        "published": "2025-01-01T00:00:00Z",
        "summary": f"A weakness of {package}",
        "details": "What it is about, in the words of a benchmark. " * 8,
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}],
        "affected": [{"package": {"ecosystem": ecosystem, "name": package}, "ranges": [{"type": order, "events": events}]}],
        "references": [{"type": "WEB", "url": f"https://example.org/{advisory}"}],
    }
