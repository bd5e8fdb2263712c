"""Building the image, which the host does before every single execution."""

from stage7_plugin.contract.check import Check
from stage7_plugin.contract.model import Broken, Need, rule
from stage7_plugin.contract.targets.image import FolderTarget
from stage7_plugin.host.engine import BuildFailed, image_id

CACHED_SECONDS = 2.0


def _folder(check: Check) -> FolderTarget:
    target = check.target
    assert isinstance(target, FolderTarget)
    return target


@rule(
    "build.classic",
    "The image builds with the engine's classic builder",
    needs=Need.FOLDER,
    todo="The host has no BuildKit: no RUN --mount, no COPY --chmod or --link, no heredocs.",
)
def classic(check: Check) -> None:
    sent = f"a build of {check.view.dockerfile} with the build arguments of the host"
    try:
        _folder(check).ensure_built()
    except BuildFailed as error:
        raise Broken(sent, f"{error.sentence}\n{error.details}", "an image") from error
    check.note(sent, f"the image {check.view.image}")


@rule(
    "build.cached",
    f"A second build takes everything from the cache and less than {CACHED_SECONDS:g} s",
    needs=Need.FOLDER,
    requires=("build.classic",),
    todo="Keep what changes by itself out of the build, and what is large in .dockerignore.",
)
def cached(check: Check) -> None:
    before = image_id(_folder(check).client, check.view.image)
    after, seconds = _folder(check).build_again()
    same = "the same image" if before == after else "another image"
    check.note("the same build again", f"{same} after {seconds:.2f} s")
    wanted = f"the same image in less than {CACHED_SECONDS:g} s"
    check.expect(before == after, wanted)
    check.expect_in_time(seconds < CACHED_SECONDS, wanted)
