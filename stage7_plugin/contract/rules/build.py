"""Building the image, which the host does before every single execution."""

from stage7_plugin.contract.context import Context
from stage7_plugin.contract.errors import Broken
from stage7_plugin.contract.model import Need, Place
from stage7_plugin.contract.rule import rule
from stage7_plugin.host.engine import BuildFailed

CACHED_SECONDS = 2.0


@rule(
    "build.classic",
    "The image builds with the engine's classic builder",
    needs=Need.FOLDER,
    todo="The host does not use BuildKit: no RUN --mount, no COPY --chmod or --link, no heredocs.",
)
def classic(context: Context) -> None:
    """The host builds the image before every execution, with the classic builder.

    Request: A build of the Dockerfile with the host's build arguments PLUGIN_ID and
        PLUGIN_VERSION.
    Expected: An image.
    """
    sent = f"a build of {context.view.dockerfile} with the build arguments of the host"
    try:
        context.target.ensure_built()
    except BuildFailed as error:
        raise Broken(sent, f"{error.sentence}\n{error.details}", "an image") from error
    context.note(sent, "an image")


@rule(
    "build.cached",
    f"A second build uses only the cache and takes less than {CACHED_SECONDS:g} s",
    needs=Need.FOLDER,
    requires=("build.classic",),
    place=Place.ALONE,
    todo="Keep volatile content out of the build, and list large files in .dockerignore.",
)
def cached(context: Context) -> None:
    """A build precedes every execution, so whatever is not cached costs time on every execution.

    Request: The same build again.
    Expected: The same image, in less than 2 s.
    """
    again = context.target.rebuild()
    if not again.same_image:
        # A build of the same layers at the same time may have put its own into the engine's cache.
        again = context.target.rebuild()
    same = "the same image" if again.same_image else "a different image"
    context.note("the same build again", f"{same} after {again.seconds:.2f} s")
    wanted = f"the same image in less than {CACHED_SECONDS:g} s"
    context.expect(again.same_image, wanted)
    context.expect_in_time(again.seconds < CACHED_SECONDS, wanted)
