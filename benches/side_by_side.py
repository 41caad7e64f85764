"""What the scripts share that run Lockgate beside the tools it stands in for."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lockgate-bench"
TOOLS = {"bandit": "1.9.4", "ruff": "0.17.6", "kingfisher": "2.14.0", "detect-secrets": "1.5.0"}
# What PyPI has a program as, where that is not its name.
PACKAGES = {"kingfisher": "kingfisher-bin"}
TFSEC = "github.com/aquasecurity/tfsec/cmd/tfsec@v1.28.14"
OSV_SCANNER = "github.com/google/osv-scanner/v2/cmd/osv-scanner@v2.5.0"
GITLEAKS = "github.com/zricethezav/gitleaks/v8@v8.30.1"
SKIPPED = shutil.ignore_patterns("__pycache__", ".git", ".lockgate")


def build(wanted):
    """The release binary, or None when there is no command line in it yet."""
    if wanted:
        subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR") or "target")
    binary = ROOT / target / "release" / "lockgate"
    answer = binary.exists() and subprocess.run([binary, "--version"], capture_output=True, check=False)
    if not answer or not answer.stdout.startswith(b"lockgate"):
        say(f"{binary} does not answer to --version")
        return None
    return binary


def tool(name, python=sys.executable):
    """The pinned tool, installed once; a change of the pin makes a new environment."""
    home = CACHE / f"{name}-{TOOLS[name]}"
    if python != sys.executable:
        home = home.with_name(f"{home.name}-{Path(python).name}")
    program = home / "bin" / name
    if not program.exists():
        say(f"installing {name} {TOOLS[name]} into {home}")
        subprocess.run([python, "-m", "venv", "--clear", home], check=True, stdout=sys.stderr)
        pip = [home / "bin" / "python", "-m", "pip", "install", "--quiet", f"{PACKAGES.get(name, name)}=={TOOLS[name]}"]
        subprocess.run(pip, check=True, stdout=sys.stderr)
    return program


def gitleaks():
    return of_go(GITLEAKS, "gitleaks")


def tfsec():
    return of_go(TFSEC, "tfsec")


def osv_scanner():
    return of_go(OSV_SCANNER, "osv-scanner")


def of_go(module, name):
    """The pinned program, built once by Go; None where there is no Go."""
    home = CACHE / f"{name}@{module.rpartition('@')[2]}"
    if not (home / name).exists():
        if not shutil.which("go"):
            say(f"no go on the path, so {name} is left out")
            return None
        say(f"building {module} into {home}")
        subprocess.run(["go", "install", module], env=os.environ | {"GOBIN": str(home)}, check=True)
    return home / name


def environment():
    """Nothing of the caller's settings may change what is seen; CI would change the base."""
    kept = {n: v for n, v in os.environ.items() if n in ("HOME", "PATH", "LANG", "TMPDIR", "SYSTEMROOT")}
    return kept | {"NO_COLOR": "1"}


def scratch_beside(paths):
    """A folder for the scratch tree on the file system of the files, where hard links can be made."""
    device = paths[0].stat().st_dev
    for folder in (Path(tempfile.gettempdir()), ROOT / "target", CACHE):
        folder.mkdir(parents=True, exist_ok=True)
        if folder.stat().st_dev == device:
            return folder
    return tempfile.gettempdir()


def link_tree(paths, tree):
    """PATH again out of hard links, with no folder of git or Lockgate: a root of its own."""
    tree.mkdir()
    (tree / "lockgate.toml").touch()
    for number, path in enumerate(paths):
        target = tree / (f"{number}-{path.name}" if len(paths) > 1 else path.resolve().name)
        if path.is_dir():
            shutil.copytree(path, target, copy_function=link, symlinks=True, ignore=SKIPPED)
        else:
            link(path, target)
    return tree


def link(source, target):
    try:
        os.link(source, target, follow_symlinks=True)
    except OSError:  # another file system, or links not allowed
        shutil.copy2(source, target)
    return target


def say(text):
    print(text, file=sys.stderr, flush=True)
