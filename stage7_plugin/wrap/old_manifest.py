"""The manifest of a plugin made by hand: answers to prompts, and keys that no prompt asks for."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from stage7_plugin.host_facts import PERMISSIONS, TAKEN_VERBS
from stage7_plugin.spec import answers, derived
from stage7_plugin.spec.problems import shown
from stage7_plugin.wrap.model import CannotWrap
from stage7_plugin.wrap.old_definitions import Definitions, Tell, one_line
from stage7_plugin.wrap.old_extras import is_secret, take_extras

EXAMPLE = '{"id": "text-echo", "verb": "TEXT_ECHO", "language": "container", ...}'
_MEMORY = "container.resources.memory"
HEALTH, ENDPOINT, PORT = "/health", "/execute", 8080


def parse_manifest(text: str) -> tuple[dict[str, Any], list[str]]:
    """Parse manifest.json; return it, and the keys that one object has twice.

    Raises:
        CannotWrap: It is not an object in JSON; with the line.
    """
    twice: list[str] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.extend(name for name in dict.fromkeys(names) if names.count(name) > 1)
        return dict(pairs)

    try:
        found = json.loads(text, object_pairs_hook=members)
    except json.JSONDecodeError as error:
        problem = f"it is not JSON: {error.msg}"
        if re.match(r"\s*(//|/\*|#)", text[error.pos :]):
            problem = "it has a comment, which JSON does not allow"
        raise CannotWrap("manifest.json", error.lineno, problem, "an object", EXAMPLE) from None
    except (ValueError, RecursionError) as error:
        problem = f"it is not JSON: {error}"
        raise CannotWrap("manifest.json", None, problem, "an object", EXAMPLE) from None
    if not isinstance(found, dict):
        raise CannotWrap("manifest.json", 1, f"it is {shown(found)}", "an object", EXAMPLE)
    return found, twice


class ManifestReader:
    """What a manifest says, in this template's terms.

    Attributes:
        answers: Answers to prompts.
        laid_over: Keys of the manifest that no prompt asks for.
        definitions: Inputs and outputs.
    """

    def __init__(self, manifest: dict[str, Any], folder: str, tell: Tell) -> None:
        self.manifest = manifest
        self.answers: dict[str, str] = {}
        self.laid_over: dict[str, Any] = {}
        self.definitions = Definitions(tell)
        self._tell = tell
        self.definitions.take(manifest.get("inputDefinitions"), manifest.get("outputDefinitions"))
        self._names(folder)
        self._texts()
        self._container()
        self._api()
        self._security()
        take_extras(manifest, self.laid_over, tell)

    def _object(self, key: str, inside: dict[str, Any] | None = None) -> dict[str, Any]:
        given = (self.manifest if inside is None else inside).get(key)
        if given is not None and not isinstance(given, dict):
            self._tell(key, f"{key} is {shown(given)}; it must be an object", "dropped")
        return given if isinstance(given, dict) else {}

    def _answer(self, prompt: str, value: str, said: object, label: str = "") -> None:
        """Keep an answer if it is accepted; else the prompt's default counts, with a note."""
        problems = answers.check({prompt: value})
        label = label or prompt
        if problems:
            self._tell(label, f"{label} is {shown(said)}: {problems[0].rule}; the template's "
                              "default is used", "changed")  # fmt: skip
            return
        self.answers[prompt] = value
        if value != said:
            self._tell(label, f"{label} is {shown(said)}; it is now {value}", "changed")

    def _names(self, folder: str) -> None:
        given = self.manifest
        name = given.get("name") or given.get("id") or given.get("verb") or folder
        name = one_line(str(name).replace("_", " ") if name != given.get("name") else str(name), 80)
        self.answers["plugin_name"] = name or folder
        identity = str(given.get("id") or derived.plugin_slug(name))
        if answers.check({"plugin_slug": identity}):
            slug = derived.plugin_slug(re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", identity))
            slug = slug or derived.plugin_slug(name) or derived.plugin_slug(folder)
            why = "the id is also the folder and part of the image's name"
            self._tell("id", f"id is {shown(identity)}; it is now {slug} ({why}), so the host "
                             "treats it as another plugin", "changed")  # fmt: skip
        else:
            slug = identity
        self.answers["plugin_slug"] = slug
        said = given.get("verb")
        verb = re.sub(r"[^A-Z0-9]+", "_", str(said or slug).upper()).strip("_")
        verb = f"PLUGIN_{verb}" if verb[:1].isdigit() else verb
        why = "plans call it by that"
        if verb in TAKEN_VERBS:
            verb, why = f"{verb}_PLUGIN", f"{verb} never reaches a plugin"
        self.answers["verb"] = verb
        if verb != said:
            self._tell("verb", f"verb is {shown(said)}; it is now {verb} ({why})", "changed")
        if given.get("language") != "container":
            self._tell("language", f"language is {shown(given.get('language'))}; it is now "
                                   "container, or the host starts none", "changed")  # fmt: skip

    def _texts(self) -> None:
        given = self.manifest
        text = given.get("description")
        if isinstance(text, str) and text.strip():
            short = one_line(text, derived.LONGEST_DESCRIPTION)
            self._answer("description", short, text)
        else:
            self._tell("description", "there is no description, which is all that the planner "
                       "sees; it now names inputs and outputs", "changed")  # fmt: skip
        version = str(given.get("version", ""))
        numbers = re.match(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?", version)
        parts = [str(int(part or 0)) for part in numbers.groups()] if numbers else ["1", "0", "0"]
        self._answer("version", ".".join(parts), given.get("version"))
        metadata = given.get("metadata")
        author = given.get("author")
        if not author and isinstance(metadata, dict):
            author = metadata.get("author")
        name = author.get("name") if isinstance(author, dict) else author
        if name:
            self._answer("author", one_line(str(name), 100), author)
        if given.get("license"):
            known = {one.lower(): one for one in answers.CHOICES["license"]}
            name = str(given["license"])
            self.answers["license"] = known.get(name.lower(), "Proprietary")
            if name.lower() not in known:
                self.laid_over["license"] = name
                self._tell("license", f"the template has no text for the license {name}; write "
                           "LICENSE yourself, unless it was taken over", "changed")  # fmt: skip

    def _container(self) -> None:
        container = self._object("container")
        slug, version = self.answers["plugin_slug"], self.answers.get("version", "1.0.0")
        image = str(container.get("image") or "")
        namespace = image.rpartition("/")[0]
        if namespace:
            self._answer("image_namespace", namespace, namespace, "container.image")
        wanted = f"{self.answers.get('image_namespace', 'stage7')}/{slug}:{version}"
        if image != wanted:
            text = f"container.image is {shown(image)}; it is now {wanted}"
            self._tell("container.image", f"{text}, from namespace, id and version", "changed")
        resources = self._object("resources", container)
        memory = str(resources.get("memory", "256m"))
        if found := re.fullmatch(r"(\d+) ?([kmg])(i?b?)", memory, re.I):
            self._answer("memory", found[1] + found[2].lower(), memory, _MEMORY)
        elif memory.isdigit():
            self._answer("memory", f"{max(32, int(memory) >> 20)}m", memory, _MEMORY)
        else:
            self._answer("memory", memory, memory, _MEMORY)
        cpu = str(resources.get("cpu", "0.5"))
        millis = re.fullmatch(r"(\d+)m", cpu)
        self._answer(
            "cpu", f"{int(millis[1]) / 1000:g}" if millis else cpu, cpu, "container.resources.cpu"
        )
        if not resources:
            self._tell("container", "there are no container.resources, without which the host "
                       "starts nothing; they are now 256m and 0.5", "changed")  # fmt: skip
        self._ports(container)
        health = self._object("healthCheck", container)
        for key, ours in {
            "path": HEALTH,
            "interval": "30s",
            "timeout": "10s",
            "retries": 3,
        }.items():
            if health.get(key) != ours and (key in health or key in ("path", "timeout")):
                text = f"healthCheck.{key} is {shown(health.get(key))}; it is now {ours}"
                text += ", as the template's image has it"
                self._tell(f"container.healthCheck.{key}", text, "changed")
        for key in container.keys() - {"dockerfile", "buildContext", "image", "ports", "resources",
                                       "environment", "healthCheck"}:  # fmt: skip
            text = f"container.{key}: neither the host nor the template reads it"
            self._tell(f"container.{key}", text, "dropped")
        for name, value in self._object("environment", container).items():
            self.set_variable(name, value, "")

    def _ports(self, container: dict[str, Any]) -> None:
        listed = container.get("ports")
        ports = [one.get("container") if isinstance(one, dict) else one
                 for one in (listed if isinstance(listed, list) else [])]  # fmt: skip
        if ports[:1] != [PORT]:
            had = shown(ports[0]) if ports else "not given"
            text = f"the port is {had}; it is now {PORT}, where the template's server listens"
            self._tell("container.ports", f"{text}; the host reads it here", "changed")
        for port in ports[1:]:
            self._tell(
                "container.ports", f"the port {port}: the host publishes only the first", "dropped"
            )

    def set_variable(self, name: str, value: object, where: str) -> None:
        """Add a variable to container.environment, or to `configuration` if it is a secret.

        Args:
            name: Of the variable.
            value: Text; what the manifest has may be something else.
            where: File and line, if it does not come from manifest.json.
        """
        at = f"container.environment.{name}"
        text = str(value).lower() if isinstance(value, bool) else str(value)
        said = f"the variable {name}" + (f" of {where}" if where else "")
        if not isinstance(value, (str, bool, int, float)) or not re.fullmatch(
            r"[A-Za-z_]\w*", name
        ):
            self._tell(at, f"{said} has no name or text that is valid for a variable", "dropped")
        elif is_secret(name) and text:
            listed = self.laid_over.setdefault("configuration", [])
            listed.append({"key": name, "description": f"Secret {name}", "required": True,
                           "type": "secret"})  # fmt: skip
            rest = "write it into .env, and into the host's environment"
            self._tell(at, f"{said} looks like a secret; its value was not taken over: {rest}",
                       "changed")  # fmt: skip
        else:
            container = self.laid_over.setdefault("container", {})
            container.setdefault("environment", {})[name] = text
            if not isinstance(value, str):
                self._tell(at, f"{said} is {text}; it is now text", "changed")

    def _api(self) -> None:
        api = self._object("api")
        for key, ours in {"endpoint": ENDPOINT, "method": "POST"}.items():
            if api.get(key) != ours:
                text = f"api.{key} is {shown(api.get(key))}; it is now {ours}, which the host reads"
                self._tell(f"api.{key}", f"{text} here", "changed")
        given = api.get("timeout", 30000)
        if isinstance(given, (int, float)) and not isinstance(given, bool) and given > 0:
            seconds = min(3600, max(1, math.ceil(given / 1000)))
            self.answers["timeout_seconds"] = str(seconds)
            if seconds * 1000 != given:
                self._tell("api.timeout", f"api.timeout is {given} milliseconds; it is "
                                      f"now {seconds * 1000}", "changed")  # fmt: skip
        else:
            text = f"api.timeout is {shown(given)}; it is now 30000 milliseconds"
            self._tell("api.timeout", text, "changed")

    def _security(self) -> None:
        security = self._object("security")
        given = security.get("permissions")
        if not isinstance(given, list):
            self._tell("security", "there are no security.permissions, without which the host "
                       "executes nothing; the list is now empty", "changed")  # fmt: skip
        names = [str(name) for name in given] if isinstance(given, list) else []
        for index, name in enumerate(names):
            if name not in PERMISSIONS:
                text = f"the permission {name}: the host has none of that name and would refuse "
                text += f"every execution; it knows {', '.join(PERMISSIONS)}"
                self._tell(f"security.permissions.{index}", text, "dropped")
        kept = [name for name in dict.fromkeys(names) if name in PERMISSIONS]
        self.answers["permissions"] = ", ".join(kept)
        if self._object("trust", security):
            text = "security.trust signs the old id and version; nothing verifies it"
            self._tell("security.trust", text, "dropped")
        options = self._object("sandboxOptions", security)
        kinds: dict[str, type] = {"allowEval": bool, "allowedModules": list, "allowedAPIs": list}
        kept_options = {key: options[key] for key, kind in kinds.items()
                        if isinstance(options.get(key), kind)}  # fmt: skip
        if any(kept_options.values()):
            self.laid_over["security"] = {"sandboxOptions": kept_options}
