"""kustomization.yaml of a fleet: those of its plugins that have a file for Kubernetes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stage7_plugin.batch.outputs.member import KUBERNETES_FILE, Member

FILE = "kustomization.yaml"


def kustomization_file(members: Iterable[Member]) -> Iterator[str]:
    """The text of the file, in parts."""
    yield "# kubectl apply --kustomize .\n"
    yield "apiVersion: kustomize.config.k8s.io/v1beta1\n"
    yield "kind: Kustomization\n"
    yield "resources:\n"
    for member in members:
        yield f"  - {member.slug}/{KUBERNETES_FILE}\n"
