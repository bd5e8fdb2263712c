"""What to do about an exception whose cause lies outside the code: what the image lacks.

Imported once something has failed, so that a start does not pay for it.
"""

import errno
import os
import re
import sys
from collections.abc import Iterator

from plugin_runtime.container import TEMPORARY

LONGEST_CHAIN = 10  # exceptions that led to each other

# Where the name on PyPI is another one, and often the name of something else.
PACKAGES = {
    "bs4": "beautifulsoup4", "Crypto": "pycryptodome", "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil", "docx": "python-docx", "dotenv": "python-dotenv",
    "fitz": "pymupdf", "google.protobuf": "protobuf", "jwt": "pyjwt", "magic": "python-magic",
    "PIL": "pillow", "pkg_resources": "setuptools", "pptx": "python-pptx", "serial": "pyserial",
    "skimage": "scikit-image", "sklearn": "scikit-learn", "yaml": "pyyaml",
}  # fmt: skip
LEFT_OUT = ("tests", "examples")  # by .dockerignore
PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120

SHARED_OBJECT = re.compile(r"([\w.+-]+): cannot open shared object file")
# ctypes.util.find_library names no file, so each library words its failure itself.
NO_LIBRARY = re.compile(r"\blib(?!rar)[\w.+-]*\w|\blibrary\b", re.IGNORECASE)
NOT_FOUND = re.compile(r"\b(find|found|load|locate|missing)\b", re.IGNORECASE)
SONAME = re.compile(r"(lib.+)\.so\.(\d+)(?:\.\d+)*")
READ_ONLY = re.compile(r"read-only file ?system|readonly database|os error 30\b", re.IGNORECASE)


def advice(error: BaseException) -> str:
    """Return what to do about an exception; "" where the code alone is to blame."""
    return next(filter(None, (_advice(*link) for link in _chain(error))), "")


def _chain(error: BaseException) -> Iterator[tuple[BaseException, bool]]:
    """The exception and those that led to it, each with whether it is certain that it did."""
    following: BaseException | None = error
    certain = True
    for _ in range(LONGEST_CHAIN):
        if following is None:
            return
        yield following, certain
        certain = certain and following.__cause__ is not None
        hidden = following.__suppress_context__
        following = following.__cause__ or (None if hidden else following.__context__)


def _advice(error: BaseException, certain: bool) -> str:
    try:
        text = str(error)
    except BaseException:  # the plugin's own __str__ can raise anything
        return ""
    if isinstance(error, ModuleNotFoundError):
        # Many a library tries one package and goes on with another.
        return _module(error.name or "") if certain else ""
    if isinstance(error, ImportError | OSError) and (found := SHARED_OBJECT.search(text)):
        return _library(found[1])
    if isinstance(error, OSError) and error.errno:
        return _system_call(error)
    if READ_ONLY.search(text) or _is_closed_database(error, text):
        return _writable()
    is_load = isinstance(error, ImportError | OSError)
    if is_load and NOT_FOUND.search(text) and (library := NO_LIBRARY.search(text)):
        return _library(library[0])
    return ""


def _module(name: str) -> str:
    """What a missing module needs; "" if it is not a third-party package."""
    top = name.partition(".")[0]
    if top in LEFT_OUT:
        return f"{top}/ is not in the image: move the module next to plugin_logic.py"
    if top in sys.stdlib_module_names or top in ("", "plugin_logic", "plugin_runtime"):
        return ""
    if top in sys.modules and name not in PACKAGES:
        return f"the installed {top} has no such module: change its version in requirements.in"
    package = PACKAGES.get(name) or PACKAGES.get(top)
    which = f"the package {package}" if package else f"the package that has {top}"
    last = "run make build" if _is_in_image() else "run make setup"
    return f"add {which} to requirements.in, run make lock, then {last}"


def _library(name: str) -> str:
    """What a missing shared object needs, such as `libmagic.so.1`."""
    suggestion = ""
    if soname := SONAME.fullmatch(name):
        # Debian Policy, 8.1: name and version, apart if the name ends with a digit.
        stem, version = soname[1].lower().replace("_", "-"), soname[2]
        dash = "-" if stem[-1].isdigit() else ""
        suggestion = f", probably {stem}{dash}{version},"
    which = "the library" if name.lower() == "library" else name
    return _debian_package(f"{which}{suggestion}")


def _debian_package(which: str) -> str:
    last = "then run make build" if _is_in_image() else "and install it on this machine"
    return f"add the Debian package that has {which} to system-packages.txt, {last}"


def _is_in_image() -> bool:
    return not os.path.exists(os.path.join(PROJECT, "Makefile"))  # noqa: PTH110, PTH118


def _system_call(error: OSError) -> str:
    if error.errno == errno.EROFS:
        return _writable()
    if error.errno in (errno.EACCES, errno.EPERM) and _is_closed_to_writing(error.filename):
        return _writable()
    if error.errno == errno.ENOSPC:
        return (
            f"under make up, Compose and Kubernetes {TEMPORARY} holds a quarter of "
            "container.resources.memory, and /dev/shm 64 MiB"
        )
    program = error.filename
    if error.errno == errno.ENOENT and isinstance(program, str) and _is_of_subprocess(error):
        return _debian_package(f"the program {program}")
    return ""


def _writable() -> str:
    return f"in the container only {TEMPORARY}, which is also the home folder, is writable"


def _is_closed_to_writing(path: object) -> bool:
    """Whether a path can be read, as far as it exists, but not written."""
    if not isinstance(path, str | bytes) or not path:
        return False
    place = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - a path of any kind
    if os.access(place, os.F_OK):
        return os.access(place, os.R_OK) and not os.access(place, os.W_OK)
    while not os.access(place, os.F_OK):
        place = os.path.dirname(place)  # noqa: PTH120
    return not os.access(place, os.W_OK)


def _is_of_subprocess(error: OSError) -> bool:
    """Whether a program was to be started by its name, without a folder."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    started = trace is not None and trace.tb_frame.f_code.co_name == "_execute_child"
    return started and "/" not in str(error.filename)


def _is_closed_database(error: BaseException, text: str) -> bool:
    return type(error).__name__ == "OperationalError" and "unable to open database" in text
