"""The files of a fleet are what the tools read that they are for."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from tests.support.batch import batch, write_fleet
from tests.support.compose import compose

# Bake's file reference: the attributes of a target, with their types, and what a name may be.
# Source: docker/buildx, bake/bake.go (struct Target) and docs/bake-reference.md.
BAKE_TARGET: dict[str, type] = {
    "context": str, "dockerfile": str, "args": dict, "tags": list, "labels": dict
}  # fmt: skip
BAKE_NAME = re.compile(r"[a-zA-Z0-9_-]+")
KINDS = {
    "Deployment",
    "Service",
    "HorizontalPodAutoscaler",
    "PodDisruptionBudget",
    "NetworkPolicy",
}
# The first and the newest version whose schemas the validator carries that have all these kinds.
KUBERNETES_VERSIONS = ("1.25", "1.37")

PLUGINS: list[dict[str, Any]] = [
    {"plugin_name": "Fetcher", "kubernetes": "yes", "permissions": "net.fetch", "memory": "1g"},
    {"plugin_name": "Counter", "kubernetes": "yes", "cpu": "2", "timeout_seconds": "90"},
    {"plugin_name": "On", "kubernetes": "yes", "description": "Pipes | and `ticks` $HOME"},
    {"plugin_name": "Elsewhere", "image_namespace": "registry.example:5000/team"},
]


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    result = batch(tmp_path, write_fleet(tmp_path, *PLUGINS), "--first-port", 21000)
    assert result.status == 0, result.output
    return tmp_path / "out"


def documents(path: Path) -> dict[str, dict[str, Any]]:
    """The documents of a YAML file by their kind."""
    return {found["kind"]: found for found in yaml.safe_load_all(path.read_text("utf-8"))}


def test_compose_publishes_each_on_a_port_of_its_own(fleet: Path) -> None:
    """Docker Compose itself resolves the file."""
    services = json.loads(compose(fleet, "config", "--format", "json"))["services"]
    assert {name: service["ports"][0]["published"] for name, service in services.items()} == {
        "fetcher": "21000",
        "counter": "21001",
        "on": "21002",
        "elsewhere": "21003",
    }
    for name, service in services.items():
        assert service["build"]["context"] == str(fleet / name)
        assert service["ports"][0]["target"] == 8080
        assert service["ports"][0]["host_ip"] == "127.0.0.1"
        assert service["read_only"] is True
        assert service["pids_limit"] == 512
        assert "cpus" not in service, "a weight, as for the host, and no cap"
    assert services["fetcher"]["mem_limit"] == str(1024**3)
    assert services["fetcher"]["tmpfs"] == ["/tmp:size=256m,exec"]
    assert services["counter"]["tmpfs"] == ["/tmp:size=64m,exec"]
    assert {name: int(service["cpu_shares"]) for name, service in services.items()} == {
        "fetcher": 512,
        "counter": 2048,
        "on": 512,
        "elsewhere": 512,
    }


def test_a_plugins_own_compose_file_still_works_alone(fleet: Path) -> None:
    (service,) = json.loads(compose(fleet / "counter", "config", "--format", "json"))[
        "services"
    ].values()
    assert service["ports"][0]["published"] == "18080"
    assert not 8080 <= int(service["ports"][0]["published"]) <= 8999, "the host's own"


def test_bake_file_has_the_form_of_the_specification(fleet: Path) -> None:
    text = (fleet / "docker-bake.json").read_text("utf-8")
    assert "${" not in text
    assert "%{" not in text
    document = json.loads(text)
    assert set(document) == {"group", "target"}
    assert set(document["group"]["default"]["targets"]) == set(document["target"])
    for name, target in document["target"].items():
        assert BAKE_NAME.fullmatch(name)
        assert {key: type(value) for key, value in target.items()} == BAKE_TARGET
        assert (fleet / target["context"] / target["dockerfile"]).is_file()
        assert all(isinstance(value, str) for value in target["args"].values())
        assert all(isinstance(tag, str) for tag in target["tags"])
    elsewhere = document["target"]["elsewhere"]
    digest = elsewhere["labels"]["dev.stage7.source"]
    image = "registry.example:5000/team/elsewhere"
    assert elsewhere["tags"] == [f"{image}:1.0.0", f"{image}:src-{digest}"]


def test_bake_builds_what_compose_would_build(fleet: Path) -> None:
    """Docker Compose makes a bake file of its own from the compose files: the same images."""
    printed = json.loads(compose(fleet, "build", "--print"))
    ours = json.loads((fleet / "docker-bake.json").read_text("utf-8"))
    assert set(ours["target"]) == set(printed["target"])
    for name, target in ours["target"].items():
        theirs = printed["target"][name]
        assert str(fleet / target["context"]) == theirs["context"]
        assert str(fleet / name / target["dockerfile"]) == theirs["dockerfile"]
        assert target["args"] == theirs["args"]
        assert target["tags"][:1] == theirs["tags"]


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
@pytest.mark.parametrize("name", ["fetcher", "counter", "on"])
def test_kubernetes_files_are_valid(fleet: Path, name: str, version: str) -> None:
    found = list(yaml.safe_load_all((fleet / name / "kubernetes.yaml").read_text("utf-8")))
    assert {document["kind"] for document in found} == KINDS
    for document in found:
        kubernetes_validate.validate(document, version, strict=True)
        assert document["metadata"]["name"] == name


def test_the_validator_would_see_a_mistake(fleet: Path) -> None:
    document = documents(fleet / "counter" / "kubernetes.yaml")["Deployment"]
    document["spec"]["template"]["spec"]["containers"][0]["livenessprobe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(document, KUBERNETES_VERSIONS[-1], strict=True)


def test_the_deployment_is_that_of_the_manifest(fleet: Path) -> None:
    found = documents(fleet / "counter" / "kubernetes.yaml")
    pod = found["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    manifest = json.loads((fleet / "counter" / "manifest.json").read_text("utf-8"))
    assert container["image"] == manifest["container"]["image"]
    assert container["ports"][0]["containerPort"] == manifest["container"]["ports"][0]["container"]
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["resources"] == {
        "requests": {"cpu": "2", "memory": "256Mi"},
        "limits": {"memory": "256Mi"},
    }
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 10001
    assert pod["terminationGracePeriodSeconds"] > 90 + 5, "an execution and the wait before"
    assert "replicas" not in found["Deployment"]["spec"], "the autoscaler's"
    assert found["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == "counter"
    assert found["HorizontalPodAutoscaler"]["spec"]["minReplicas"] > 1, "else no pod may be drained"
    labels = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    for selector in (
        found["Deployment"]["spec"]["selector"]["matchLabels"],
        found["Service"]["spec"]["selector"],
        found["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
    ):
        assert selector.items() <= labels.items()


def test_memory_is_written_as_kubernetes_reads_it(fleet: Path) -> None:
    pod = documents(fleet / "fetcher" / "kubernetes.yaml")["Deployment"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["resources"]["limits"] == {"memory": "1Gi"}


def test_the_network_policy_admits_what_is_named(fleet: Path) -> None:
    for name in ("fetcher", "counter"):
        policy = documents(fleet / name / "kubernetes.yaml")["NetworkPolicy"]["spec"]
        assert policy["policyTypes"] == ["Ingress", "Egress"]
        caller = {"podSelector": {"matchLabels": {"stage7.dev/calls-plugins": "true"}}}
        assert policy["ingress"] == [
            {"from": [caller], "ports": [{"protocol": "TCP", "port": 8080}]}
        ]
        if name == "counter":
            assert policy["egress"] == [], "only net.fetch lets a plugin call out"
            continue
        names, fetches = policy["egress"]
        assert names == {"ports": [{"protocol": p, "port": 53} for p in ("UDP", "TCP")]}
        assert [port["port"] for port in fetches["ports"]] == [80, 443]
        ipv4, ipv6 = (block["ipBlock"] for block in fetches["to"])
        assert ipv4 == {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]}
        assert ipv6["cidr"] == "::/0"


def test_probes_and_tmp_fit_the_runtime(fleet: Path) -> None:
    pod = documents(fleet / "fetcher" / "kubernetes.yaml")["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    startup = container["startupProbe"]
    assert startup["httpGet"]["path"] == "/health", "healthy only once the plugin is imported"
    assert startup["periodSeconds"] * startup["failureThreshold"] >= 300
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["port"] == "http"
        assert container[probe]["timeoutSeconds"] >= 5
    (volume,) = pod["volumes"]
    assert volume["emptyDir"] == {"medium": "Memory", "sizeLimit": "256Mi"}, "a quarter of 1g"


def test_the_kustomization_holds_every_plugin_that_wants_it(fleet: Path) -> None:
    document = yaml.safe_load((fleet / "kustomization.yaml").read_text("utf-8"))
    assert document["kind"] == "Kustomization"
    assert document["apiVersion"] == "kustomize.config.k8s.io/v1beta1"
    resources = [f"{name}/kubernetes.yaml" for name in ("fetcher", "counter", "on")]
    assert document["resources"] == resources
    assert all((fleet / name).is_file() for name in resources)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kustomize_builds_the_fleet(fleet: Path) -> None:
    done = subprocess.run(["kubectl", "kustomize", fleet], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    built = list(yaml.safe_load_all(done.stdout))
    assert len(built) == 3 * len(KINDS)


def test_the_overview_links_every_plugin(fleet: Path) -> None:
    text = (fleet / "index.md").read_text("utf-8")
    assert text.startswith("# 4 plugins\n")
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert (fleet / link).is_file()
    rows = [line for line in text.splitlines() if line.startswith("| [")]
    assert len(rows) == 4
    assert "| `net.fetch` | `stage7/fetcher:1.0.0` | 21000 |" in rows[0]
    assert r"Pipes \| and \`ticks\` \$HOME" in rows[2]
    listed = json.loads((fleet / "index.json").read_text("utf-8"))["plugins"]
    digest = listed[1].pop("digest")
    assert re.fullmatch("[0-9a-f]{32}", digest)
    assert listed[1].pop("source") == "../fleet.json"
    assert listed[1].pop("source_image") == f"stage7/counter:src-{digest}"
    made = json.loads((fleet / "counter" / ".stage7-template.json").read_text("utf-8"))
    assert [listed[1].pop(key) for key in ("template", "template_version", "template_commit")] == [
        made["template"], made["version"], made["commit"]
    ]  # fmt: skip
    assert listed[1] == {
        "id": "counter",
        "name": "Counter",
        "folder": "counter",
        "verb": "COUNTER",
        "version": "1.0.0",
        "description": "Takes text (string) and returns result (string)",
        "image": "stage7/counter:1.0.0",
        "port": 21001,
        "inputs": ["text: string"],
        "outputs": ["result: string"],
        "permissions": [],
        "kubernetes": True,
        "owner": "",
        "labels": {},
        "author": "Ada Lovelace",
        "memory": "256m",
        "memory_mb": 256,
        "cpu": 2,
        "timeout_seconds": 90,
        "language": "python",
        "python": "3.11",
        "requirements": [],
        "packages": {},
        "locked": True,
        "secrets": [],
        "stub": True,
        "advice": [],
    }


def test_the_files_follow_the_fleet(tmp_path: Path) -> None:
    """Plugins that leave the batch file leave its files; a person's manifest is what is shown."""
    batch(tmp_path, write_fleet(tmp_path, *PLUGINS))
    out = tmp_path / "out"
    manifest = out / "elsewhere" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"1.0.0"', '"3.0.0"'))
    assert batch(tmp_path, write_fleet(tmp_path, PLUGINS[3])).status == 0
    assert [path.name for path in (out / "compose_env").iterdir()] == ["elsewhere.env"]
    assert not (out / "kustomization.yaml").exists()
    (listed,) = json.loads((out / "index.json").read_text())["plugins"]
    assert listed["version"] == "3.0.0"
    assert (out / "fetcher").is_dir(), "a plugin itself is never removed"
