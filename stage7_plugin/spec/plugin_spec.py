"""A plugin as its answers describe it: checked at once, parsed once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from stage7_plugin.errors import UserError
from stage7_plugin.spec import derived, planner_texts
from stage7_plugin.spec.answers import PROMPTS, examine, missing
from stage7_plugin.spec.image_name import image
from stage7_plugin.spec.languages import LANGUAGES, answered
from stage7_plugin.spec.parameters import Parameter
from stage7_plugin.spec.problems import Problem, format_problems
from stage7_plugin.spec.sample_inputs import sample_value

# They say what to do after rendering, and change nothing in what is rendered.
_NOT_RENDERED = ("git_init", "build_image")


class AnswersRefused(UserError):
    """Answers break rules; the text names each of them. `problems` has them one by one."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(format_problems(problems))
        self.problems = problems


class PluginSpec(NamedTuple):
    """What a plugin is. Templates see it as `plugin`, the batch command makes plugins from it.

    Attributes:
        answers: By prompt, as they were given.
        language: What its code is written in.
        main: The file that starts it.
        logic: The file that its author writes.
        permissions: Those that the plugin needs from the host.
        memory: As Docker reads it: a whole number with k, m or g.
        cpu: Number of processors, as a decimal number.
        timeout_seconds: Time that one execution may take.
    """

    answers: Mapping[str, str]
    language: str
    main: str
    logic: str
    inputs: tuple[Parameter, ...]
    outputs: tuple[Parameter, ...]
    name: str
    slug: str
    verb: str
    description: str
    version: str
    author: str
    image: str
    python_version: str
    permissions: tuple[str, ...]
    memory: str
    cpu: str
    timeout_seconds: int
    license: str
    ci: str
    git_init: str
    build_image: str
    kubernetes: str

    @classmethod
    def from_answers(cls, answers: Mapping[str, object]) -> PluginSpec:
        """Check every answer and parse what they say.

        Args:
            answers: By prompt; keys that are not prompts are ignored.

        Raises:
            AnswersRefused: With every problem of every answer.
        """
        parameters, problems = examine(answers)
        problems += missing(answers)
        if problems:
            raise AnswersRefused(problems)
        given = {prompt: str(answers[prompt]) for prompt in answers if prompt in PROMPTS}
        language = answered(given)
        return cls(
            answers=given,
            language=language,
            main=LANGUAGES[language].main,
            logic=LANGUAGES[language].logic,
            inputs=tuple(parameters["inputs"]),
            outputs=tuple(parameters["outputs"]),
            name=given["plugin_name"],
            slug=given["plugin_slug"],
            verb=given["verb"],
            description=given["description"],
            version=given["version"],
            author=given["author"],
            image=image(given),
            python_version=given["python_version"],
            permissions=tuple(derived.permission_list(given["permissions"])),
            memory=given["memory"],
            cpu=given["cpu"],
            timeout_seconds=int(given["timeout_seconds"]),
            license=given["license"],
            ci=given["ci"],
            git_init=given["git_init"],
            build_image=given["build_image"],
            kubernetes=given["kubernetes"],
        )

    @property
    def rendered_answers(self) -> dict[str, str]:
        """The answers that decide what is in the plugin's files."""
        return {key: text for key, text in self.answers.items() if key not in _NOT_RENDERED}

    @property
    def hook_answers(self) -> dict[str, str]:
        """What decides what happens after rendering: answers, and the file to write first."""
        keys = ("git_init", "build_image", "ci", "kubernetes")
        return {**{key: self.answers[key] for key in keys}, "logic": self.logic}

    @property
    def memory_megabytes(self) -> int:
        """The memory limit in whole mebibytes."""
        return derived.memory_megabytes(self.memory)

    @property
    def timeout_milliseconds(self) -> int:
        """The time that one execution may take, in milliseconds."""
        return self.timeout_seconds * 1000

    @property
    def input_definitions(self) -> list[dict[str, Any]]:
        """The inputs as manifest.json has them."""
        return [parameter.definition() for parameter in self.inputs]

    @property
    def output_definitions(self) -> list[dict[str, Any]]:
        """The outputs as manifest.json has them."""
        return [parameter.definition() for parameter in self.outputs]

    @property
    def example_request(self) -> dict[str, Any]:
        """The body of an execution as the host sends it, with every declared input."""
        values = {given["name"]: sample_value(given) for given in self.input_definitions}
        return {
            "inputs": values,
            "context": {"trace_id": "example-1", "plugin_id": self.slug},
        }

    @property
    def explanation(self) -> str:
        """What the plugin is, in more words than its description."""
        return planner_texts.explanation(self.name, self.verb, self.description)

    @property
    def semantic_description(self) -> str:
        """The description, with inputs and outputs named."""
        return planner_texts.semantic_description(self.description, self.inputs, self.outputs)

    @property
    def input_guidance(self) -> str:
        """How to fill each input."""
        return planner_texts.input_guidance(self.inputs)

    @property
    def keywords(self) -> list[str]:
        """Lower-case words of the slug and the verb, each once."""
        words = f"{self.slug} {self.verb}".lower().replace("_", " ").replace("-", " ")
        return list(dict.fromkeys(words.split()))

    @property
    def usage_example(self) -> str:
        """One sentence that shows a call."""
        return planner_texts.usage_example(self.verb, self.inputs, self.outputs)
