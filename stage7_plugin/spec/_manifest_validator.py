"""Compiled from manifest.schema.json; do not edit.

To compile it again: python -m tools.compile_schema
"""

# ruff: noqa
# mypy: ignore-errors

VERSION = "2.22.3"
import re
from stage7_plugin.spec.schema_errors import JsonSchemaValueException, JsonSchemaValuesException


REGEX_PATTERNS = {
    '^[0-9]+\\.[0-9]+\\.[0-9]+$': re.compile('^[0-9]+\\.[0-9]+\\.[0-9]+\\Z'),
    '^[0-9]+[kmgKMG]?$': re.compile('^[0-9]+[kmgKMG]?\\Z'),
    '^[0-9]+(\\.[0-9]+)?$': re.compile('^[0-9]+(\\.[0-9]+)?\\Z'),
    '^/': re.compile('^/'),
    '^[0-9]+s$': re.compile('^[0-9]+s\\Z')
}

NoneType = type(None)

def validate(data, custom_formats={}, name_prefix=None):
    errors = []
    if not isinstance(data, (dict)):
        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + " must be object", value=data, name="" + (name_prefix or "data") + "", definition={'type': 'object'}, rule='type'))
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data__missing_keys = set(['id', 'verb', 'version', 'description', 'language', 'inputDefinitions', 'outputDefinitions', 'entryPoint', 'container', 'api', 'security']) - data.keys()
        if data__missing_keys:
            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + " must contain " + (str(sorted(data__missing_keys)) + " properties"), value=data, name="" + (name_prefix or "data") + "", definition={'required': ['id', 'verb', 'version', 'description', 'language', 'inputDefinitions', 'outputDefinitions', 'entryPoint', 'container', 'api', 'security']}, rule='required'))
        data_keys = set(data.keys())
        if "$schema" in data_keys:
            data_keys.remove("$schema")
            data__schema = data["$schema"]
            if not isinstance(data__schema, (str)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".$schema must be string", value=data__schema, name="" + (name_prefix or "data") + ".$schema", definition={'type': 'string'}, rule='type'))
        if "id" in data_keys:
            data_keys.remove("id")
            data__id = data["id"]
            if not isinstance(data__id, (str)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".id must be string", value=data__id, name="" + (name_prefix or "data") + ".id", definition={'type': 'string'}, rule='type'))
            if isinstance(data__id, str):
                data__id_len = len(data__id)
                if data__id_len < 1:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".id must be longer than or equal to 1 characters", value=data__id, name="" + (name_prefix or "data") + ".id", definition={'minLength': 1}, rule='minLength'))
        if "name" in data_keys:
            data_keys.remove("name")
            data__name = data["name"]
            if not isinstance(data__name, (str)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".name must be string", value=data__name, name="" + (name_prefix or "data") + ".name", definition={'type': 'string'}, rule='type'))
        if "verb" in data_keys:
            data_keys.remove("verb")
            data__verb = data["verb"]
            if not isinstance(data__verb, (str)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".verb must be string", value=data__verb, name="" + (name_prefix or "data") + ".verb", definition={'type': 'string'}, rule='type'))
            try:
                if not (isinstance(data__verb, str) and data__verb == 'THINK' or isinstance(data__verb, str) and data__verb == 'GENERATE' or isinstance(data__verb, str) and data__verb == 'IF_THEN' or isinstance(data__verb, str) and data__verb == 'WHILE' or isinstance(data__verb, str) and data__verb == 'UNTIL' or isinstance(data__verb, str) and data__verb == 'TIMEOUT' or isinstance(data__verb, str) and data__verb == 'REPEAT' or isinstance(data__verb, str) and data__verb == 'FOREACH' or isinstance(data__verb, str) and data__verb == 'CHAT' or isinstance(data__verb, str) and data__verb == 'REGROUP' or isinstance(data__verb, str) and data__verb == 'DECIDE' or isinstance(data__verb, str) and data__verb == 'SEQUENCE' or isinstance(data__verb, str) and data__verb == 'DELEGATE' or isinstance(data__verb, str) and data__verb == 'ASK' or isinstance(data__verb, str) and data__verb == 'ASK_USER_QUESTION' or isinstance(data__verb, str) and data__verb == 'EXECUTE_TOOL' or isinstance(data__verb, str) and data__verb == 'ACCOMPLISH' or isinstance(data__verb, str) and data__verb == 'REFLECT'):
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".verb must be one of ['THINK', 'GENERATE', 'IF_THEN', 'WHILE', 'UNTIL', 'TIMEOUT', 'REPEAT', 'FOREACH', 'CHAT', 'REGROUP', 'DECIDE', 'SEQUENCE', 'DELEGATE', 'ASK', 'ASK_USER_QUESTION', 'EXECUTE_TOOL', 'ACCOMPLISH', 'REFLECT']", value=data__verb, name="" + (name_prefix or "data") + ".verb", definition={'enum': ['THINK', 'GENERATE', 'IF_THEN', 'WHILE', 'UNTIL', 'TIMEOUT', 'REPEAT', 'FOREACH', 'CHAT', 'REGROUP', 'DECIDE', 'SEQUENCE', 'DELEGATE', 'ASK', 'ASK_USER_QUESTION', 'EXECUTE_TOOL', 'ACCOMPLISH', 'REFLECT']}, rule='enum')
            except (JsonSchemaValueException, JsonSchemaValuesException): pass
            else:
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".verb must NOT match a disallowed definition", value=data__verb, name="" + (name_prefix or "data") + ".verb", definition={'not': {'enum': ['THINK', 'GENERATE', 'IF_THEN', 'WHILE', 'UNTIL', 'TIMEOUT', 'REPEAT', 'FOREACH', 'CHAT', 'REGROUP', 'DECIDE', 'SEQUENCE', 'DELEGATE', 'ASK', 'ASK_USER_QUESTION', 'EXECUTE_TOOL', 'ACCOMPLISH', 'REFLECT']}}, rule='not'))
            if isinstance(data__verb, str):
                data__verb_len = len(data__verb)
                if data__verb_len < 1:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".verb must be longer than or equal to 1 characters", value=data__verb, name="" + (name_prefix or "data") + ".verb", definition={'minLength': 1}, rule='minLength'))
        if "version" in data_keys:
            data_keys.remove("version")
            data__version = data["version"]
            if not isinstance(data__version, (str)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".version must be string", value=data__version, name="" + (name_prefix or "data") + ".version", definition={'type': 'string'}, rule='type'))
            if isinstance(data__version, str):
                if not REGEX_PATTERNS['^[0-9]+\\.[0-9]+\\.[0-9]+$'].search(data__version):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".version must match pattern ^[0-9]+\\.[0-9]+\\.[0-9]+$", value=data__version, name="" + (name_prefix or "data") + ".version", definition={'pattern': '^[0-9]+\\.[0-9]+\\.[0-9]+$'}, rule='pattern'))
        if "description" in data_keys:
            data_keys.remove("description")
            data__description = data["description"]
            if not isinstance(data__description, (str)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".description must be string", value=data__description, name="" + (name_prefix or "data") + ".description", definition={'type': 'string'}, rule='type'))
            if isinstance(data__description, str):
                data__description_len = len(data__description)
                if data__description_len < 10:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".description must be longer than or equal to 10 characters", value=data__description, name="" + (name_prefix or "data") + ".description", definition={'minLength': 10}, rule='minLength'))
        if "explanation" in data_keys:
            data_keys.remove("explanation")
            data__explanation = data["explanation"]
            if not isinstance(data__explanation, (str)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".explanation must be string", value=data__explanation, name="" + (name_prefix or "data") + ".explanation", definition={'type': 'string'}, rule='type'))
            if isinstance(data__explanation, str):
                data__explanation_len = len(data__explanation)
                if data__explanation_len < 20:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".explanation must be longer than or equal to 20 characters", value=data__explanation, name="" + (name_prefix or "data") + ".explanation", definition={'minLength': 20}, rule='minLength'))
        if "semanticDescription" in data_keys:
            data_keys.remove("semanticDescription")
            data__semanticDescription = data["semanticDescription"]
            if not isinstance(data__semanticDescription, (str)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".semanticDescription must be string", value=data__semanticDescription, name="" + (name_prefix or "data") + ".semanticDescription", definition={'type': 'string'}, rule='type'))
        if "capabilityKeywords" in data_keys:
            data_keys.remove("capabilityKeywords")
            data__capabilityKeywords = data["capabilityKeywords"]
            if not isinstance(data__capabilityKeywords, (list, tuple)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".capabilityKeywords must be array", value=data__capabilityKeywords, name="" + (name_prefix or "data") + ".capabilityKeywords", definition={'type': 'array'}, rule='type'))
            data__capabilityKeywords_is_list = isinstance(data__capabilityKeywords, (list, tuple))
            if data__capabilityKeywords_is_list:
                data__capabilityKeywords_len = len(data__capabilityKeywords)
                for data__capabilityKeywords_x, data__capabilityKeywords_item in enumerate(data__capabilityKeywords):
                    if not isinstance(data__capabilityKeywords_item, (str)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".capabilityKeywords[{data__capabilityKeywords_x}]".format(**locals()) + " must be string", value=data__capabilityKeywords_item, name="" + (name_prefix or "data") + ".capabilityKeywords[{data__capabilityKeywords_x}]".format(**locals()) + "", definition={'type': 'string'}, rule='type'))
        if "inputGuidance" in data_keys:
            data_keys.remove("inputGuidance")
            data__inputGuidance = data["inputGuidance"]
            if not isinstance(data__inputGuidance, (str)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".inputGuidance must be string", value=data__inputGuidance, name="" + (name_prefix or "data") + ".inputGuidance", definition={'type': 'string'}, rule='type'))
        if "usageExamples" in data_keys:
            data_keys.remove("usageExamples")
            data__usageExamples = data["usageExamples"]
            if not isinstance(data__usageExamples, (list, tuple)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".usageExamples must be array", value=data__usageExamples, name="" + (name_prefix or "data") + ".usageExamples", definition={'type': 'array'}, rule='type'))
            data__usageExamples_is_list = isinstance(data__usageExamples, (list, tuple))
            if data__usageExamples_is_list:
                data__usageExamples_len = len(data__usageExamples)
                for data__usageExamples_x, data__usageExamples_item in enumerate(data__usageExamples):
                    if not isinstance(data__usageExamples_item, (str)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".usageExamples[{data__usageExamples_x}]".format(**locals()) + " must be string", value=data__usageExamples_item, name="" + (name_prefix or "data") + ".usageExamples[{data__usageExamples_x}]".format(**locals()) + "", definition={'type': 'string'}, rule='type'))
        if "author" in data_keys:
            data_keys.remove("author")
            data__author = data["author"]
            if not isinstance(data__author, (str)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".author must be string", value=data__author, name="" + (name_prefix or "data") + ".author", definition={'type': 'string'}, rule='type'))
        if "license" in data_keys:
            data_keys.remove("license")
            data__license = data["license"]
            if not isinstance(data__license, (str)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".license must be string", value=data__license, name="" + (name_prefix or "data") + ".license", definition={'type': 'string'}, rule='type'))
        if "language" in data_keys:
            data_keys.remove("language")
            data__language = data["language"]
            if not (isinstance(data__language, str) and data__language == 'container'):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".language must be same as const definition: container", value=data__language, name="" + (name_prefix or "data") + ".language", definition={'const': 'container'}, rule='const'))
        if "inputDefinitions" in data_keys:
            data_keys.remove("inputDefinitions")
            data__inputDefinitions = data["inputDefinitions"]
            if not isinstance(data__inputDefinitions, (list, tuple)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".inputDefinitions must be array", value=data__inputDefinitions, name="" + (name_prefix or "data") + ".inputDefinitions", definition={'type': 'array'}, rule='type'))
            data__inputDefinitions_is_list = isinstance(data__inputDefinitions, (list, tuple))
            if data__inputDefinitions_is_list:
                data__inputDefinitions_len = len(data__inputDefinitions)
                if data__inputDefinitions_len < 1:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".inputDefinitions must contain at least 1 items", value=data__inputDefinitions, name="" + (name_prefix or "data") + ".inputDefinitions", definition={'minItems': 1}, rule='minItems'))
                for data__inputDefinitions_x, data__inputDefinitions_item in enumerate(data__inputDefinitions):
                    try:
                        validate___definitions_parameter(data__inputDefinitions_item, custom_formats, (name_prefix or "data") + ".inputDefinitions[{data__inputDefinitions_x}]".format(**locals()))
                    except JsonSchemaValuesException as e:
                        errors.extend(e.errors)
                    try:
                        validate___definitions_values(data__inputDefinitions_item, custom_formats, (name_prefix or "data") + ".inputDefinitions[{data__inputDefinitions_x}]".format(**locals()))
                    except JsonSchemaValuesException as e:
                        errors.extend(e.errors)
                    try:
                        validate___definitions_constraints(data__inputDefinitions_item, custom_formats, (name_prefix or "data") + ".inputDefinitions[{data__inputDefinitions_x}]".format(**locals()))
                    except JsonSchemaValuesException as e:
                        errors.extend(e.errors)
        if "outputDefinitions" in data_keys:
            data_keys.remove("outputDefinitions")
            data__outputDefinitions = data["outputDefinitions"]
            if not isinstance(data__outputDefinitions, (list, tuple)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".outputDefinitions must be array", value=data__outputDefinitions, name="" + (name_prefix or "data") + ".outputDefinitions", definition={'type': 'array'}, rule='type'))
            data__outputDefinitions_is_list = isinstance(data__outputDefinitions, (list, tuple))
            if data__outputDefinitions_is_list:
                data__outputDefinitions_len = len(data__outputDefinitions)
                if data__outputDefinitions_len < 1:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".outputDefinitions must contain at least 1 items", value=data__outputDefinitions, name="" + (name_prefix or "data") + ".outputDefinitions", definition={'minItems': 1}, rule='minItems'))
                for data__outputDefinitions_x, data__outputDefinitions_item in enumerate(data__outputDefinitions):
                    try:
                        validate___definitions_parameter(data__outputDefinitions_item, custom_formats, (name_prefix or "data") + ".outputDefinitions[{data__outputDefinitions_x}]".format(**locals()))
                    except JsonSchemaValuesException as e:
                        errors.extend(e.errors)
                    try:
                        validate___definitions_constraints(data__outputDefinitions_item, custom_formats, (name_prefix or "data") + ".outputDefinitions[{data__outputDefinitions_x}]".format(**locals()))
                    except JsonSchemaValuesException as e:
                        errors.extend(e.errors)
        if "entryPoint" in data_keys:
            data_keys.remove("entryPoint")
            data__entryPoint = data["entryPoint"]
            if not isinstance(data__entryPoint, (dict)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".entryPoint must be object", value=data__entryPoint, name="" + (name_prefix or "data") + ".entryPoint", definition={'type': 'object'}, rule='type'))
            data__entryPoint_is_dict = isinstance(data__entryPoint, dict)
            if data__entryPoint_is_dict:
                data__entryPoint__missing_keys = set(['main', 'files']) - data__entryPoint.keys()
                if data__entryPoint__missing_keys:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".entryPoint must contain " + (str(sorted(data__entryPoint__missing_keys)) + " properties"), value=data__entryPoint, name="" + (name_prefix or "data") + ".entryPoint", definition={'required': ['main', 'files']}, rule='required'))
                data__entryPoint_keys = set(data__entryPoint.keys())
                if "main" in data__entryPoint_keys:
                    data__entryPoint_keys.remove("main")
                    data__entryPoint__main = data__entryPoint["main"]
                    if not isinstance(data__entryPoint__main, (str)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".entryPoint.main must be string", value=data__entryPoint__main, name="" + (name_prefix or "data") + ".entryPoint.main", definition={'type': 'string'}, rule='type'))
                    if isinstance(data__entryPoint__main, str):
                        data__entryPoint__main_len = len(data__entryPoint__main)
                        if data__entryPoint__main_len < 1:
                            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".entryPoint.main must be longer than or equal to 1 characters", value=data__entryPoint__main, name="" + (name_prefix or "data") + ".entryPoint.main", definition={'minLength': 1}, rule='minLength'))
                if "files" in data__entryPoint_keys:
                    data__entryPoint_keys.remove("files")
                    data__entryPoint__files = data__entryPoint["files"]
                    if not isinstance(data__entryPoint__files, (dict)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".entryPoint.files must be object", value=data__entryPoint__files, name="" + (name_prefix or "data") + ".entryPoint.files", definition={'type': 'object'}, rule='type'))
        if "container" in data_keys:
            data_keys.remove("container")
            data__container = data["container"]
            if not isinstance(data__container, (dict)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container must be object", value=data__container, name="" + (name_prefix or "data") + ".container", definition={'type': 'object'}, rule='type'))
            data__container_is_dict = isinstance(data__container, dict)
            if data__container_is_dict:
                data__container__missing_keys = set(['dockerfile', 'buildContext', 'image', 'ports', 'resources', 'healthCheck']) - data__container.keys()
                if data__container__missing_keys:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container must contain " + (str(sorted(data__container__missing_keys)) + " properties"), value=data__container, name="" + (name_prefix or "data") + ".container", definition={'required': ['dockerfile', 'buildContext', 'image', 'ports', 'resources', 'healthCheck']}, rule='required'))
                data__container_keys = set(data__container.keys())
                if "dockerfile" in data__container_keys:
                    data__container_keys.remove("dockerfile")
                    data__container__dockerfile = data__container["dockerfile"]
                    if not isinstance(data__container__dockerfile, (str)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.dockerfile must be string", value=data__container__dockerfile, name="" + (name_prefix or "data") + ".container.dockerfile", definition={'type': 'string'}, rule='type'))
                    if isinstance(data__container__dockerfile, str):
                        data__container__dockerfile_len = len(data__container__dockerfile)
                        if data__container__dockerfile_len < 1:
                            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.dockerfile must be longer than or equal to 1 characters", value=data__container__dockerfile, name="" + (name_prefix or "data") + ".container.dockerfile", definition={'minLength': 1}, rule='minLength'))
                if "buildContext" in data__container_keys:
                    data__container_keys.remove("buildContext")
                    data__container__buildContext = data__container["buildContext"]
                    if not isinstance(data__container__buildContext, (str)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.buildContext must be string", value=data__container__buildContext, name="" + (name_prefix or "data") + ".container.buildContext", definition={'type': 'string'}, rule='type'))
                    if isinstance(data__container__buildContext, str):
                        data__container__buildContext_len = len(data__container__buildContext)
                        if data__container__buildContext_len < 1:
                            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.buildContext must be longer than or equal to 1 characters", value=data__container__buildContext, name="" + (name_prefix or "data") + ".container.buildContext", definition={'minLength': 1}, rule='minLength'))
                if "image" in data__container_keys:
                    data__container_keys.remove("image")
                    data__container__image = data__container["image"]
                    if not isinstance(data__container__image, (str)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.image must be string", value=data__container__image, name="" + (name_prefix or "data") + ".container.image", definition={'type': 'string'}, rule='type'))
                    if isinstance(data__container__image, str):
                        data__container__image_len = len(data__container__image)
                        if data__container__image_len < 1:
                            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.image must be longer than or equal to 1 characters", value=data__container__image, name="" + (name_prefix or "data") + ".container.image", definition={'minLength': 1}, rule='minLength'))
                if "ports" in data__container_keys:
                    data__container_keys.remove("ports")
                    data__container__ports = data__container["ports"]
                    if not isinstance(data__container__ports, (list, tuple)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.ports must be array", value=data__container__ports, name="" + (name_prefix or "data") + ".container.ports", definition={'type': 'array'}, rule='type'))
                    data__container__ports_is_list = isinstance(data__container__ports, (list, tuple))
                    if data__container__ports_is_list:
                        data__container__ports_len = len(data__container__ports)
                        if data__container__ports_len < 1:
                            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.ports must contain at least 1 items", value=data__container__ports, name="" + (name_prefix or "data") + ".container.ports", definition={'minItems': 1}, rule='minItems'))
                        for data__container__ports_x, data__container__ports_item in enumerate(data__container__ports):
                            if not isinstance(data__container__ports_item, (dict)):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}]".format(**locals()) + " must be object", value=data__container__ports_item, name="" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}]".format(**locals()) + "", definition={'type': 'object'}, rule='type'))
                            data__container__ports_item_is_dict = isinstance(data__container__ports_item, dict)
                            if data__container__ports_item_is_dict:
                                data__container__ports_item__missing_keys = set(['container']) - data__container__ports_item.keys()
                                if data__container__ports_item__missing_keys:
                                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}]".format(**locals()) + " must contain " + (str(sorted(data__container__ports_item__missing_keys)) + " properties"), value=data__container__ports_item, name="" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}]".format(**locals()) + "", definition={'required': ['container']}, rule='required'))
                                data__container__ports_item_keys = set(data__container__ports_item.keys())
                                if "container" in data__container__ports_item_keys:
                                    data__container__ports_item_keys.remove("container")
                                    data__container__ports_item__container = data__container__ports_item["container"]
                                    if not isinstance(data__container__ports_item__container, (int)) and not (isinstance(data__container__ports_item__container, float) and data__container__ports_item__container.is_integer()) or isinstance(data__container__ports_item__container, bool):
                                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}].container".format(**locals()) + " must be integer", value=data__container__ports_item__container, name="" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}].container".format(**locals()) + "", definition={'type': 'integer'}, rule='type'))
                                    if isinstance(data__container__ports_item__container, (int, float)) and not isinstance(data__container__ports_item__container, bool):
                                        if data__container__ports_item__container < 1:
                                            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}].container".format(**locals()) + " must be bigger than or equal to 1", value=data__container__ports_item__container, name="" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}].container".format(**locals()) + "", definition={'minimum': 1}, rule='minimum'))
                                        if data__container__ports_item__container > 65535:
                                            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}].container".format(**locals()) + " must be smaller than or equal to 65535", value=data__container__ports_item__container, name="" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}].container".format(**locals()) + "", definition={'maximum': 65535}, rule='maximum'))
                                if "host" in data__container__ports_item_keys:
                                    data__container__ports_item_keys.remove("host")
                                    data__container__ports_item__host = data__container__ports_item["host"]
                                    if not isinstance(data__container__ports_item__host, (int)) and not (isinstance(data__container__ports_item__host, float) and data__container__ports_item__host.is_integer()) or isinstance(data__container__ports_item__host, bool):
                                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}].host".format(**locals()) + " must be integer", value=data__container__ports_item__host, name="" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}].host".format(**locals()) + "", definition={'type': 'integer'}, rule='type'))
                                    if isinstance(data__container__ports_item__host, (int, float)) and not isinstance(data__container__ports_item__host, bool):
                                        if data__container__ports_item__host < 0:
                                            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}].host".format(**locals()) + " must be bigger than or equal to 0", value=data__container__ports_item__host, name="" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}].host".format(**locals()) + "", definition={'minimum': 0}, rule='minimum'))
                                        if data__container__ports_item__host > 65535:
                                            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}].host".format(**locals()) + " must be smaller than or equal to 65535", value=data__container__ports_item__host, name="" + (name_prefix or "data") + ".container.ports[{data__container__ports_x}].host".format(**locals()) + "", definition={'maximum': 65535}, rule='maximum'))
                if "environment" in data__container_keys:
                    data__container_keys.remove("environment")
                    data__container__environment = data__container["environment"]
                    if not isinstance(data__container__environment, (dict)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.environment must be object", value=data__container__environment, name="" + (name_prefix or "data") + ".container.environment", definition={'type': 'object'}, rule='type'))
                    data__container__environment_is_dict = isinstance(data__container__environment, dict)
                    if data__container__environment_is_dict:
                        data__container__environment_keys = set(data__container__environment.keys())
                        for data__container__environment_key in data__container__environment_keys:
                            if data__container__environment_key not in []:
                                data__container__environment_value = data__container__environment.get(data__container__environment_key)
                                if not isinstance(data__container__environment_value, (str)):
                                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.environment.{data__container__environment_key}".format(**locals()) + " must be string", value=data__container__environment_value, name="" + (name_prefix or "data") + ".container.environment.{data__container__environment_key}".format(**locals()) + "", definition={'type': 'string'}, rule='type'))
                if "resources" in data__container_keys:
                    data__container_keys.remove("resources")
                    data__container__resources = data__container["resources"]
                    if not isinstance(data__container__resources, (dict)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.resources must be object", value=data__container__resources, name="" + (name_prefix or "data") + ".container.resources", definition={'type': 'object'}, rule='type'))
                    data__container__resources_is_dict = isinstance(data__container__resources, dict)
                    if data__container__resources_is_dict:
                        data__container__resources_keys = set(data__container__resources.keys())
                        if "memory" in data__container__resources_keys:
                            data__container__resources_keys.remove("memory")
                            data__container__resources__memory = data__container__resources["memory"]
                            if not isinstance(data__container__resources__memory, (str)):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.resources.memory must be string", value=data__container__resources__memory, name="" + (name_prefix or "data") + ".container.resources.memory", definition={'type': 'string'}, rule='type'))
                            if isinstance(data__container__resources__memory, str):
                                if not REGEX_PATTERNS['^[0-9]+[kmgKMG]?$'].search(data__container__resources__memory):
                                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.resources.memory must match pattern ^[0-9]+[kmgKMG]?$", value=data__container__resources__memory, name="" + (name_prefix or "data") + ".container.resources.memory", definition={'pattern': '^[0-9]+[kmgKMG]?$'}, rule='pattern'))
                        if "cpu" in data__container__resources_keys:
                            data__container__resources_keys.remove("cpu")
                            data__container__resources__cpu = data__container__resources["cpu"]
                            if not isinstance(data__container__resources__cpu, (str, int, float)) or isinstance(data__container__resources__cpu, bool):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.resources.cpu must be string or number", value=data__container__resources__cpu, name="" + (name_prefix or "data") + ".container.resources.cpu", definition={'type': ['string', 'number']}, rule='type'))
                            if isinstance(data__container__resources__cpu, str):
                                if not REGEX_PATTERNS['^[0-9]+(\\.[0-9]+)?$'].search(data__container__resources__cpu):
                                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.resources.cpu must match pattern ^[0-9]+(\\.[0-9]+)?$", value=data__container__resources__cpu, name="" + (name_prefix or "data") + ".container.resources.cpu", definition={'pattern': '^[0-9]+(\\.[0-9]+)?$'}, rule='pattern'))
                if "healthCheck" in data__container_keys:
                    data__container_keys.remove("healthCheck")
                    data__container__healthCheck = data__container["healthCheck"]
                    if not isinstance(data__container__healthCheck, (dict)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.healthCheck must be object", value=data__container__healthCheck, name="" + (name_prefix or "data") + ".container.healthCheck", definition={'type': 'object'}, rule='type'))
                    data__container__healthCheck_is_dict = isinstance(data__container__healthCheck, dict)
                    if data__container__healthCheck_is_dict:
                        data__container__healthCheck__missing_keys = set(['path', 'timeout']) - data__container__healthCheck.keys()
                        if data__container__healthCheck__missing_keys:
                            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.healthCheck must contain " + (str(sorted(data__container__healthCheck__missing_keys)) + " properties"), value=data__container__healthCheck, name="" + (name_prefix or "data") + ".container.healthCheck", definition={'required': ['path', 'timeout']}, rule='required'))
                        data__container__healthCheck_keys = set(data__container__healthCheck.keys())
                        if "path" in data__container__healthCheck_keys:
                            data__container__healthCheck_keys.remove("path")
                            data__container__healthCheck__path = data__container__healthCheck["path"]
                            if not isinstance(data__container__healthCheck__path, (str)):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.healthCheck.path must be string", value=data__container__healthCheck__path, name="" + (name_prefix or "data") + ".container.healthCheck.path", definition={'type': 'string'}, rule='type'))
                            if isinstance(data__container__healthCheck__path, str):
                                if not REGEX_PATTERNS['^/'].search(data__container__healthCheck__path):
                                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.healthCheck.path must match pattern ^/", value=data__container__healthCheck__path, name="" + (name_prefix or "data") + ".container.healthCheck.path", definition={'pattern': '^/'}, rule='pattern'))
                        if "interval" in data__container__healthCheck_keys:
                            data__container__healthCheck_keys.remove("interval")
                            data__container__healthCheck__interval = data__container__healthCheck["interval"]
                            if not isinstance(data__container__healthCheck__interval, (str)):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.healthCheck.interval must be string", value=data__container__healthCheck__interval, name="" + (name_prefix or "data") + ".container.healthCheck.interval", definition={'type': 'string'}, rule='type'))
                        if "timeout" in data__container__healthCheck_keys:
                            data__container__healthCheck_keys.remove("timeout")
                            data__container__healthCheck__timeout = data__container__healthCheck["timeout"]
                            if not isinstance(data__container__healthCheck__timeout, (str)):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.healthCheck.timeout must be string", value=data__container__healthCheck__timeout, name="" + (name_prefix or "data") + ".container.healthCheck.timeout", definition={'type': 'string'}, rule='type'))
                            if isinstance(data__container__healthCheck__timeout, str):
                                if not REGEX_PATTERNS['^[0-9]+s$'].search(data__container__healthCheck__timeout):
                                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.healthCheck.timeout must match pattern ^[0-9]+s$", value=data__container__healthCheck__timeout, name="" + (name_prefix or "data") + ".container.healthCheck.timeout", definition={'pattern': '^[0-9]+s$'}, rule='pattern'))
                        if "retries" in data__container__healthCheck_keys:
                            data__container__healthCheck_keys.remove("retries")
                            data__container__healthCheck__retries = data__container__healthCheck["retries"]
                            if not isinstance(data__container__healthCheck__retries, (int)) and not (isinstance(data__container__healthCheck__retries, float) and data__container__healthCheck__retries.is_integer()) or isinstance(data__container__healthCheck__retries, bool):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.healthCheck.retries must be integer", value=data__container__healthCheck__retries, name="" + (name_prefix or "data") + ".container.healthCheck.retries", definition={'type': 'integer'}, rule='type'))
                            if isinstance(data__container__healthCheck__retries, (int, float)) and not isinstance(data__container__healthCheck__retries, bool):
                                if data__container__healthCheck__retries < 0:
                                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".container.healthCheck.retries must be bigger than or equal to 0", value=data__container__healthCheck__retries, name="" + (name_prefix or "data") + ".container.healthCheck.retries", definition={'minimum': 0}, rule='minimum'))
        if "api" in data_keys:
            data_keys.remove("api")
            data__api = data["api"]
            if not isinstance(data__api, (dict)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".api must be object", value=data__api, name="" + (name_prefix or "data") + ".api", definition={'type': 'object'}, rule='type'))
            data__api_is_dict = isinstance(data__api, dict)
            if data__api_is_dict:
                data__api__missing_keys = set(['endpoint', 'method']) - data__api.keys()
                if data__api__missing_keys:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".api must contain " + (str(sorted(data__api__missing_keys)) + " properties"), value=data__api, name="" + (name_prefix or "data") + ".api", definition={'required': ['endpoint', 'method']}, rule='required'))
                data__api_keys = set(data__api.keys())
                if "endpoint" in data__api_keys:
                    data__api_keys.remove("endpoint")
                    data__api__endpoint = data__api["endpoint"]
                    if not isinstance(data__api__endpoint, (str)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".api.endpoint must be string", value=data__api__endpoint, name="" + (name_prefix or "data") + ".api.endpoint", definition={'type': 'string'}, rule='type'))
                    if isinstance(data__api__endpoint, str):
                        if not REGEX_PATTERNS['^/'].search(data__api__endpoint):
                            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".api.endpoint must match pattern ^/", value=data__api__endpoint, name="" + (name_prefix or "data") + ".api.endpoint", definition={'pattern': '^/'}, rule='pattern'))
                if "method" in data__api_keys:
                    data__api_keys.remove("method")
                    data__api__method = data__api["method"]
                    if not (isinstance(data__api__method, str) and data__api__method == 'GET' or isinstance(data__api__method, str) and data__api__method == 'POST' or isinstance(data__api__method, str) and data__api__method == 'PUT' or isinstance(data__api__method, str) and data__api__method == 'DELETE' or isinstance(data__api__method, str) and data__api__method == 'PATCH'):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".api.method must be one of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']", value=data__api__method, name="" + (name_prefix or "data") + ".api.method", definition={'enum': ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']}, rule='enum'))
                if "timeout" in data__api_keys:
                    data__api_keys.remove("timeout")
                    data__api__timeout = data__api["timeout"]
                    if not isinstance(data__api__timeout, (int, float)) or isinstance(data__api__timeout, bool):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".api.timeout must be number", value=data__api__timeout, name="" + (name_prefix or "data") + ".api.timeout", definition={'type': 'number'}, rule='type'))
                    if isinstance(data__api__timeout, (int, float)) and not isinstance(data__api__timeout, bool):
                        if data__api__timeout <= 0:
                            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".api.timeout must be bigger than 0", value=data__api__timeout, name="" + (name_prefix or "data") + ".api.timeout", definition={'exclusiveMinimum': 0}, rule='exclusiveMinimum'))
        if "configuration" in data_keys:
            data_keys.remove("configuration")
            data__configuration = data["configuration"]
            if not isinstance(data__configuration, (list, tuple)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".configuration must be array", value=data__configuration, name="" + (name_prefix or "data") + ".configuration", definition={'type': 'array'}, rule='type'))
            data__configuration_is_list = isinstance(data__configuration, (list, tuple))
            if data__configuration_is_list:
                data__configuration_len = len(data__configuration)
                for data__configuration_x, data__configuration_item in enumerate(data__configuration):
                    if not isinstance(data__configuration_item, (dict)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".configuration[{data__configuration_x}]".format(**locals()) + " must be object", value=data__configuration_item, name="" + (name_prefix or "data") + ".configuration[{data__configuration_x}]".format(**locals()) + "", definition={'type': 'object'}, rule='type'))
                    data__configuration_item_is_dict = isinstance(data__configuration_item, dict)
                    if data__configuration_item_is_dict:
                        data__configuration_item__missing_keys = set(['key', 'description', 'required', 'type']) - data__configuration_item.keys()
                        if data__configuration_item__missing_keys:
                            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".configuration[{data__configuration_x}]".format(**locals()) + " must contain " + (str(sorted(data__configuration_item__missing_keys)) + " properties"), value=data__configuration_item, name="" + (name_prefix or "data") + ".configuration[{data__configuration_x}]".format(**locals()) + "", definition={'required': ['key', 'description', 'required', 'type']}, rule='required'))
                        data__configuration_item_keys = set(data__configuration_item.keys())
                        if "key" in data__configuration_item_keys:
                            data__configuration_item_keys.remove("key")
                            data__configuration_item__key = data__configuration_item["key"]
                            if not isinstance(data__configuration_item__key, (str)):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".configuration[{data__configuration_x}].key".format(**locals()) + " must be string", value=data__configuration_item__key, name="" + (name_prefix or "data") + ".configuration[{data__configuration_x}].key".format(**locals()) + "", definition={'type': 'string'}, rule='type'))
                            if isinstance(data__configuration_item__key, str):
                                data__configuration_item__key_len = len(data__configuration_item__key)
                                if data__configuration_item__key_len < 1:
                                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".configuration[{data__configuration_x}].key".format(**locals()) + " must be longer than or equal to 1 characters", value=data__configuration_item__key, name="" + (name_prefix or "data") + ".configuration[{data__configuration_x}].key".format(**locals()) + "", definition={'minLength': 1}, rule='minLength'))
                        if "description" in data__configuration_item_keys:
                            data__configuration_item_keys.remove("description")
                            data__configuration_item__description = data__configuration_item["description"]
                            if not isinstance(data__configuration_item__description, (str)):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".configuration[{data__configuration_x}].description".format(**locals()) + " must be string", value=data__configuration_item__description, name="" + (name_prefix or "data") + ".configuration[{data__configuration_x}].description".format(**locals()) + "", definition={'type': 'string'}, rule='type'))
                        if "required" in data__configuration_item_keys:
                            data__configuration_item_keys.remove("required")
                            data__configuration_item__required = data__configuration_item["required"]
                            if not isinstance(data__configuration_item__required, (bool)):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".configuration[{data__configuration_x}].required".format(**locals()) + " must be boolean", value=data__configuration_item__required, name="" + (name_prefix or "data") + ".configuration[{data__configuration_x}].required".format(**locals()) + "", definition={'type': 'boolean'}, rule='type'))
                        if "type" in data__configuration_item_keys:
                            data__configuration_item_keys.remove("type")
                            data__configuration_item__type = data__configuration_item["type"]
                            if not (isinstance(data__configuration_item__type, str) and data__configuration_item__type == 'string' or isinstance(data__configuration_item__type, str) and data__configuration_item__type == 'number' or isinstance(data__configuration_item__type, str) and data__configuration_item__type == 'boolean' or isinstance(data__configuration_item__type, str) and data__configuration_item__type == 'secret'):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".configuration[{data__configuration_x}].type".format(**locals()) + " must be one of ['string', 'number', 'boolean', 'secret']", value=data__configuration_item__type, name="" + (name_prefix or "data") + ".configuration[{data__configuration_x}].type".format(**locals()) + "", definition={'enum': ['string', 'number', 'boolean', 'secret']}, rule='enum'))
        if "repository" in data_keys:
            data_keys.remove("repository")
            data__repository = data["repository"]
            if not isinstance(data__repository, (dict)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".repository must be object", value=data__repository, name="" + (name_prefix or "data") + ".repository", definition={'type': 'object'}, rule='type'))
            data__repository_is_dict = isinstance(data__repository, dict)
            if data__repository_is_dict:
                data__repository__missing_keys = set(['type']) - data__repository.keys()
                if data__repository__missing_keys:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".repository must contain " + (str(sorted(data__repository__missing_keys)) + " properties"), value=data__repository, name="" + (name_prefix or "data") + ".repository", definition={'required': ['type']}, rule='required'))
                data__repository_keys = set(data__repository.keys())
                if "type" in data__repository_keys:
                    data__repository_keys.remove("type")
                    data__repository__type = data__repository["type"]
                    if not (isinstance(data__repository__type, str) and data__repository__type == 'git' or isinstance(data__repository__type, str) and data__repository__type == 'npm' or isinstance(data__repository__type, str) and data__repository__type == 'local' or isinstance(data__repository__type, str) and data__repository__type == 'mongo' or isinstance(data__repository__type, str) and data__repository__type == 'github' or isinstance(data__repository__type, str) and data__repository__type == 'librarian-definition' or isinstance(data__repository__type, str) and data__repository__type == 'internal'):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".repository.type must be one of ['git', 'npm', 'local', 'mongo', 'github', 'librarian-definition', 'internal']", value=data__repository__type, name="" + (name_prefix or "data") + ".repository.type", definition={'enum': ['git', 'npm', 'local', 'mongo', 'github', 'librarian-definition', 'internal']}, rule='enum'))
        if "packageSource" in data_keys:
            data_keys.remove("packageSource")
            data__packageSource = data["packageSource"]
            if not isinstance(data__packageSource, (dict)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".packageSource must be object", value=data__packageSource, name="" + (name_prefix or "data") + ".packageSource", definition={'type': 'object'}, rule='type'))
            data__packageSource_is_dict = isinstance(data__packageSource, dict)
            if data__packageSource_is_dict:
                data__packageSource_keys = set(data__packageSource.keys())
                if "type" in data__packageSource_keys:
                    data__packageSource_keys.remove("type")
                    data__packageSource__type = data__packageSource["type"]
                    if not isinstance(data__packageSource__type, (str)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".packageSource.type must be string", value=data__packageSource__type, name="" + (name_prefix or "data") + ".packageSource.type", definition={'type': 'string'}, rule='type'))
                if "url" in data__packageSource_keys:
                    data__packageSource_keys.remove("url")
                    data__packageSource__url = data__packageSource["url"]
                    if not isinstance(data__packageSource__url, (str)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".packageSource.url must be string", value=data__packageSource__url, name="" + (name_prefix or "data") + ".packageSource.url", definition={'type': 'string'}, rule='type'))
                if "branch" in data__packageSource_keys:
                    data__packageSource_keys.remove("branch")
                    data__packageSource__branch = data__packageSource["branch"]
                    if not isinstance(data__packageSource__branch, (str)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".packageSource.branch must be string", value=data__packageSource__branch, name="" + (name_prefix or "data") + ".packageSource.branch", definition={'type': 'string'}, rule='type'))
                if "commitHash" in data__packageSource_keys:
                    data__packageSource_keys.remove("commitHash")
                    data__packageSource__commitHash = data__packageSource["commitHash"]
                    if not isinstance(data__packageSource__commitHash, (str)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".packageSource.commitHash must be string", value=data__packageSource__commitHash, name="" + (name_prefix or "data") + ".packageSource.commitHash", definition={'type': 'string'}, rule='type'))
                if "subPath" in data__packageSource_keys:
                    data__packageSource_keys.remove("subPath")
                    data__packageSource__subPath = data__packageSource["subPath"]
                    if not isinstance(data__packageSource__subPath, (str)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".packageSource.subPath must be string", value=data__packageSource__subPath, name="" + (name_prefix or "data") + ".packageSource.subPath", definition={'type': 'string'}, rule='type'))
        if "security" in data_keys:
            data_keys.remove("security")
            data__security = data["security"]
            if not isinstance(data__security, (dict)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".security must be object", value=data__security, name="" + (name_prefix or "data") + ".security", definition={'type': 'object'}, rule='type'))
            data__security_is_dict = isinstance(data__security, dict)
            if data__security_is_dict:
                data__security__missing_keys = set(['permissions']) - data__security.keys()
                if data__security__missing_keys:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".security must contain " + (str(sorted(data__security__missing_keys)) + " properties"), value=data__security, name="" + (name_prefix or "data") + ".security", definition={'required': ['permissions']}, rule='required'))
                data__security_keys = set(data__security.keys())
                if "permissions" in data__security_keys:
                    data__security_keys.remove("permissions")
                    data__security__permissions = data__security["permissions"]
                    if not isinstance(data__security__permissions, (list, tuple)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".security.permissions must be array", value=data__security__permissions, name="" + (name_prefix or "data") + ".security.permissions", definition={'type': 'array'}, rule='type'))
                    data__security__permissions_is_list = isinstance(data__security__permissions, (list, tuple))
                    if data__security__permissions_is_list:
                        data__security__permissions_len = len(data__security__permissions)
                        for data__security__permissions_x, data__security__permissions_item in enumerate(data__security__permissions):
                            if not (isinstance(data__security__permissions_item, str) and data__security__permissions_item == 'fs.read' or isinstance(data__security__permissions_item, str) and data__security__permissions_item == 'fs.write' or isinstance(data__security__permissions_item, str) and data__security__permissions_item == 'fs.delete' or isinstance(data__security__permissions_item, str) and data__security__permissions_item == 'net.fetch' or isinstance(data__security__permissions_item, str) and data__security__permissions_item == 'net.listen' or isinstance(data__security__permissions_item, str) and data__security__permissions_item == 'process.exec' or isinstance(data__security__permissions_item, str) and data__security__permissions_item == 'process.env' or isinstance(data__security__permissions_item, str) and data__security__permissions_item == 'docker.run' or isinstance(data__security__permissions_item, str) and data__security__permissions_item == 'env.read' or isinstance(data__security__permissions_item, str) and data__security__permissions_item == 'env.write' or isinstance(data__security__permissions_item, str) and data__security__permissions_item == 'db.read' or isinstance(data__security__permissions_item, str) and data__security__permissions_item == 'db.write' or isinstance(data__security__permissions_item, str) and data__security__permissions_item == 'system.info' or isinstance(data__security__permissions_item, str) and data__security__permissions_item == 'system.eval'):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".security.permissions[{data__security__permissions_x}]".format(**locals()) + " must be one of ['fs.read', 'fs.write', 'fs.delete', 'net.fetch', 'net.listen', 'process.exec', 'process.env', 'docker.run', 'env.read', 'env.write', 'db.read', 'db.write', 'system.info', 'system.eval']", value=data__security__permissions_item, name="" + (name_prefix or "data") + ".security.permissions[{data__security__permissions_x}]".format(**locals()) + "", definition={'enum': ['fs.read', 'fs.write', 'fs.delete', 'net.fetch', 'net.listen', 'process.exec', 'process.env', 'docker.run', 'env.read', 'env.write', 'db.read', 'db.write', 'system.info', 'system.eval']}, rule='enum'))
                if "sandboxOptions" in data__security_keys:
                    data__security_keys.remove("sandboxOptions")
                    data__security__sandboxOptions = data__security["sandboxOptions"]
                    if not isinstance(data__security__sandboxOptions, (dict)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".security.sandboxOptions must be object", value=data__security__sandboxOptions, name="" + (name_prefix or "data") + ".security.sandboxOptions", definition={'type': 'object'}, rule='type'))
                    data__security__sandboxOptions_is_dict = isinstance(data__security__sandboxOptions, dict)
                    if data__security__sandboxOptions_is_dict:
                        data__security__sandboxOptions_keys = set(data__security__sandboxOptions.keys())
                        if "allowEval" in data__security__sandboxOptions_keys:
                            data__security__sandboxOptions_keys.remove("allowEval")
                            data__security__sandboxOptions__allowEval = data__security__sandboxOptions["allowEval"]
                            if not isinstance(data__security__sandboxOptions__allowEval, (bool)):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".security.sandboxOptions.allowEval must be boolean", value=data__security__sandboxOptions__allowEval, name="" + (name_prefix or "data") + ".security.sandboxOptions.allowEval", definition={'type': 'boolean'}, rule='type'))
                        if "timeout" in data__security__sandboxOptions_keys:
                            data__security__sandboxOptions_keys.remove("timeout")
                            data__security__sandboxOptions__timeout = data__security__sandboxOptions["timeout"]
                            if not isinstance(data__security__sandboxOptions__timeout, (int, float)) or isinstance(data__security__sandboxOptions__timeout, bool):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".security.sandboxOptions.timeout must be number", value=data__security__sandboxOptions__timeout, name="" + (name_prefix or "data") + ".security.sandboxOptions.timeout", definition={'type': 'number'}, rule='type'))
                        if "memory" in data__security__sandboxOptions_keys:
                            data__security__sandboxOptions_keys.remove("memory")
                            data__security__sandboxOptions__memory = data__security__sandboxOptions["memory"]
                            if not isinstance(data__security__sandboxOptions__memory, (int, float)) or isinstance(data__security__sandboxOptions__memory, bool):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".security.sandboxOptions.memory must be number", value=data__security__sandboxOptions__memory, name="" + (name_prefix or "data") + ".security.sandboxOptions.memory", definition={'type': 'number'}, rule='type'))
                        if "allowedModules" in data__security__sandboxOptions_keys:
                            data__security__sandboxOptions_keys.remove("allowedModules")
                            data__security__sandboxOptions__allowedModules = data__security__sandboxOptions["allowedModules"]
                            if not isinstance(data__security__sandboxOptions__allowedModules, (list, tuple)):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".security.sandboxOptions.allowedModules must be array", value=data__security__sandboxOptions__allowedModules, name="" + (name_prefix or "data") + ".security.sandboxOptions.allowedModules", definition={'type': 'array'}, rule='type'))
                            data__security__sandboxOptions__allowedModules_is_list = isinstance(data__security__sandboxOptions__allowedModules, (list, tuple))
                            if data__security__sandboxOptions__allowedModules_is_list:
                                data__security__sandboxOptions__allowedModules_len = len(data__security__sandboxOptions__allowedModules)
                                for data__security__sandboxOptions__allowedModules_x, data__security__sandboxOptions__allowedModules_item in enumerate(data__security__sandboxOptions__allowedModules):
                                    if not isinstance(data__security__sandboxOptions__allowedModules_item, (str)):
                                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".security.sandboxOptions.allowedModules[{data__security__sandboxOptions__allowedModules_x}]".format(**locals()) + " must be string", value=data__security__sandboxOptions__allowedModules_item, name="" + (name_prefix or "data") + ".security.sandboxOptions.allowedModules[{data__security__sandboxOptions__allowedModules_x}]".format(**locals()) + "", definition={'type': 'string'}, rule='type'))
                        if "allowedAPIs" in data__security__sandboxOptions_keys:
                            data__security__sandboxOptions_keys.remove("allowedAPIs")
                            data__security__sandboxOptions__allowedAPIs = data__security__sandboxOptions["allowedAPIs"]
                            if not isinstance(data__security__sandboxOptions__allowedAPIs, (list, tuple)):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".security.sandboxOptions.allowedAPIs must be array", value=data__security__sandboxOptions__allowedAPIs, name="" + (name_prefix or "data") + ".security.sandboxOptions.allowedAPIs", definition={'type': 'array'}, rule='type'))
                            data__security__sandboxOptions__allowedAPIs_is_list = isinstance(data__security__sandboxOptions__allowedAPIs, (list, tuple))
                            if data__security__sandboxOptions__allowedAPIs_is_list:
                                data__security__sandboxOptions__allowedAPIs_len = len(data__security__sandboxOptions__allowedAPIs)
                                for data__security__sandboxOptions__allowedAPIs_x, data__security__sandboxOptions__allowedAPIs_item in enumerate(data__security__sandboxOptions__allowedAPIs):
                                    if not isinstance(data__security__sandboxOptions__allowedAPIs_item, (str)):
                                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".security.sandboxOptions.allowedAPIs[{data__security__sandboxOptions__allowedAPIs_x}]".format(**locals()) + " must be string", value=data__security__sandboxOptions__allowedAPIs_item, name="" + (name_prefix or "data") + ".security.sandboxOptions.allowedAPIs[{data__security__sandboxOptions__allowedAPIs_x}]".format(**locals()) + "", definition={'type': 'string'}, rule='type'))
                if "trust" in data__security_keys:
                    data__security_keys.remove("trust")
                    data__security__trust = data__security["trust"]
                    if not isinstance(data__security__trust, (dict)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".security.trust must be object", value=data__security__trust, name="" + (name_prefix or "data") + ".security.trust", definition={'type': 'object'}, rule='type'))
        if "metadata" in data_keys:
            data_keys.remove("metadata")
            data__metadata = data["metadata"]
            if not isinstance(data__metadata, (dict)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".metadata must be object", value=data__metadata, name="" + (name_prefix or "data") + ".metadata", definition={'type': 'object'}, rule='type'))
            data__metadata_is_dict = isinstance(data__metadata, dict)
            if data__metadata_is_dict:
                data__metadata_keys = set(data__metadata.keys())
                if "category" in data__metadata_keys:
                    data__metadata_keys.remove("category")
                    data__metadata__category = data__metadata["category"]
                    if not isinstance(data__metadata__category, (list, tuple)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".metadata.category must be array", value=data__metadata__category, name="" + (name_prefix or "data") + ".metadata.category", definition={'type': 'array'}, rule='type'))
                    data__metadata__category_is_list = isinstance(data__metadata__category, (list, tuple))
                    if data__metadata__category_is_list:
                        data__metadata__category_len = len(data__metadata__category)
                        for data__metadata__category_x, data__metadata__category_item in enumerate(data__metadata__category):
                            if not isinstance(data__metadata__category_item, (str)):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".metadata.category[{data__metadata__category_x}]".format(**locals()) + " must be string", value=data__metadata__category_item, name="" + (name_prefix or "data") + ".metadata.category[{data__metadata__category_x}]".format(**locals()) + "", definition={'type': 'string'}, rule='type'))
                if "tags" in data__metadata_keys:
                    data__metadata_keys.remove("tags")
                    data__metadata__tags = data__metadata["tags"]
                    if not isinstance(data__metadata__tags, (list, tuple)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".metadata.tags must be array", value=data__metadata__tags, name="" + (name_prefix or "data") + ".metadata.tags", definition={'type': 'array'}, rule='type'))
                    data__metadata__tags_is_list = isinstance(data__metadata__tags, (list, tuple))
                    if data__metadata__tags_is_list:
                        data__metadata__tags_len = len(data__metadata__tags)
                        for data__metadata__tags_x, data__metadata__tags_item in enumerate(data__metadata__tags):
                            if not isinstance(data__metadata__tags_item, (str)):
                                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".metadata.tags[{data__metadata__tags_x}]".format(**locals()) + " must be string", value=data__metadata__tags_item, name="" + (name_prefix or "data") + ".metadata.tags[{data__metadata__tags_x}]".format(**locals()) + "", definition={'type': 'string'}, rule='type'))
    if errors: raise JsonSchemaValuesException(errors)
    return data

def validate___definitions_constraints(data, custom_formats={}, name_prefix=None):
    errors = []
    if not isinstance(data, (dict)):
        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + " must be object", value=data, name="" + (name_prefix or "data") + "", definition={'type': 'object'}, rule='type'))
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data_keys = set(data.keys())
        if "enum" in data_keys:
            data_keys.remove("enum")
            data__enum = data["enum"]
            if not isinstance(data__enum, (list, tuple)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".enum must be array", value=data__enum, name="" + (name_prefix or "data") + ".enum", definition={'type': 'array'}, rule='type'))
            data__enum_is_list = isinstance(data__enum, (list, tuple))
            if data__enum_is_list:
                data__enum_len = len(data__enum)
                if data__enum_len < 1:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".enum must contain at least 1 items", value=data__enum, name="" + (name_prefix or "data") + ".enum", definition={'minItems': 1}, rule='minItems'))
        if "minimum" in data_keys:
            data_keys.remove("minimum")
            data__minimum = data["minimum"]
            if not isinstance(data__minimum, (int, float)) or isinstance(data__minimum, bool):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".minimum must be number", value=data__minimum, name="" + (name_prefix or "data") + ".minimum", definition={'type': 'number'}, rule='type'))
        if "maximum" in data_keys:
            data_keys.remove("maximum")
            data__maximum = data["maximum"]
            if not isinstance(data__maximum, (int, float)) or isinstance(data__maximum, bool):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".maximum must be number", value=data__maximum, name="" + (name_prefix or "data") + ".maximum", definition={'type': 'number'}, rule='type'))
        if "minLength" in data_keys:
            data_keys.remove("minLength")
            data__minLength = data["minLength"]
            if not isinstance(data__minLength, (int)) and not (isinstance(data__minLength, float) and data__minLength.is_integer()) or isinstance(data__minLength, bool):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".minLength must be integer", value=data__minLength, name="" + (name_prefix or "data") + ".minLength", definition={'type': 'integer'}, rule='type'))
            if isinstance(data__minLength, (int, float)) and not isinstance(data__minLength, bool):
                if data__minLength < 0:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".minLength must be bigger than or equal to 0", value=data__minLength, name="" + (name_prefix or "data") + ".minLength", definition={'minimum': 0}, rule='minimum'))
        if "maxLength" in data_keys:
            data_keys.remove("maxLength")
            data__maxLength = data["maxLength"]
            if not isinstance(data__maxLength, (int)) and not (isinstance(data__maxLength, float) and data__maxLength.is_integer()) or isinstance(data__maxLength, bool):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".maxLength must be integer", value=data__maxLength, name="" + (name_prefix or "data") + ".maxLength", definition={'type': 'integer'}, rule='type'))
            if isinstance(data__maxLength, (int, float)) and not isinstance(data__maxLength, bool):
                if data__maxLength < 0:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".maxLength must be bigger than or equal to 0", value=data__maxLength, name="" + (name_prefix or "data") + ".maxLength", definition={'minimum': 0}, rule='minimum'))
        if "minItems" in data_keys:
            data_keys.remove("minItems")
            data__minItems = data["minItems"]
            if not isinstance(data__minItems, (int)) and not (isinstance(data__minItems, float) and data__minItems.is_integer()) or isinstance(data__minItems, bool):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".minItems must be integer", value=data__minItems, name="" + (name_prefix or "data") + ".minItems", definition={'type': 'integer'}, rule='type'))
            if isinstance(data__minItems, (int, float)) and not isinstance(data__minItems, bool):
                if data__minItems < 0:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".minItems must be bigger than or equal to 0", value=data__minItems, name="" + (name_prefix or "data") + ".minItems", definition={'minimum': 0}, rule='minimum'))
        if "maxItems" in data_keys:
            data_keys.remove("maxItems")
            data__maxItems = data["maxItems"]
            if not isinstance(data__maxItems, (int)) and not (isinstance(data__maxItems, float) and data__maxItems.is_integer()) or isinstance(data__maxItems, bool):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".maxItems must be integer", value=data__maxItems, name="" + (name_prefix or "data") + ".maxItems", definition={'type': 'integer'}, rule='type'))
            if isinstance(data__maxItems, (int, float)) and not isinstance(data__maxItems, bool):
                if data__maxItems < 0:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".maxItems must be bigger than or equal to 0", value=data__maxItems, name="" + (name_prefix or "data") + ".maxItems", definition={'minimum': 0}, rule='minimum'))
        if "pattern" in data_keys:
            data_keys.remove("pattern")
            data__pattern = data["pattern"]
            if not isinstance(data__pattern, (str)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".pattern must be string", value=data__pattern, name="" + (name_prefix or "data") + ".pattern", definition={'type': 'string'}, rule='type'))
            if isinstance(data__pattern, str):
                data__pattern_len = len(data__pattern)
                if data__pattern_len < 1:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".pattern must be longer than or equal to 1 characters", value=data__pattern, name="" + (name_prefix or "data") + ".pattern", definition={'minLength': 1}, rule='minLength'))
        if "format" in data_keys:
            data_keys.remove("format")
            data__format = data["format"]
            if not (isinstance(data__format, str) and data__format == 'uri' or isinstance(data__format, str) and data__format == 'email' or isinstance(data__format, str) and data__format == 'date' or isinstance(data__format, str) and data__format == 'date-time' or isinstance(data__format, str) and data__format == 'base64'):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".format must be one of ['uri', 'email', 'date', 'date-time', 'base64']", value=data__format, name="" + (name_prefix or "data") + ".format", definition={'enum': ['uri', 'email', 'date', 'date-time', 'base64']}, rule='enum'))
        if "contentMediaType" in data_keys:
            data_keys.remove("contentMediaType")
            data__contentMediaType = data["contentMediaType"]
            if not isinstance(data__contentMediaType, (str)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".contentMediaType must be string", value=data__contentMediaType, name="" + (name_prefix or "data") + ".contentMediaType", definition={'type': 'string'}, rule='type'))
        if "items" in data_keys:
            data_keys.remove("items")
            data__items = data["items"]
            if not isinstance(data__items, (dict)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".items must be object", value=data__items, name="" + (name_prefix or "data") + ".items", definition={'type': 'object'}, rule='type'))
            try:
                validate___definitions_constraints(data__items, custom_formats, (name_prefix or "data") + ".items")
            except JsonSchemaValuesException as e:
                errors.extend(e.errors)
            data__items_is_dict = isinstance(data__items, dict)
            if data__items_is_dict:
                data__items__missing_keys = set(['type']) - data__items.keys()
                if data__items__missing_keys:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".items must contain " + (str(sorted(data__items__missing_keys)) + " properties"), value=data__items, name="" + (name_prefix or "data") + ".items", definition={'required': ['type']}, rule='required'))
                data__items_keys = set(data__items.keys())
                if "type" in data__items_keys:
                    data__items_keys.remove("type")
                    data__items__type = data__items["type"]
                    if not (isinstance(data__items__type, str) and data__items__type == 'string' or isinstance(data__items__type, str) and data__items__type == 'number' or isinstance(data__items__type, str) and data__items__type == 'boolean' or isinstance(data__items__type, str) and data__items__type == 'array' or isinstance(data__items__type, str) and data__items__type == 'object' or isinstance(data__items__type, str) and data__items__type == 'any'):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".items.type must be one of ['string', 'number', 'boolean', 'array', 'object', 'any']", value=data__items__type, name="" + (name_prefix or "data") + ".items.type", definition={'enum': ['string', 'number', 'boolean', 'array', 'object', 'any']}, rule='enum'))
    if errors: raise JsonSchemaValuesException(errors)
    return data

def validate___definitions_values(data, custom_formats={}, name_prefix=None):
    errors = []
    if not isinstance(data, (dict)):
        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + " must be object", value=data, name="" + (name_prefix or "data") + "", definition={'type': 'object'}, rule='type'))
    try:
        data_is_dict = isinstance(data, dict)
        if data_is_dict:
            data_keys = set(data.keys())
            if "type" in data_keys:
                data_keys.remove("type")
                data__type = data["type"]
                if not (isinstance(data__type, str) and data__type == 'string'):
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".type must be same as const definition: string", value=data__type, name="" + (name_prefix or "data") + ".type", definition={'const': 'string'}, rule='const')
    except (JsonSchemaValueException, JsonSchemaValuesException):
        pass
    else:
        data_is_dict = isinstance(data, dict)
        if data_is_dict:
            data_keys = set(data.keys())
            if "defaultValue" in data_keys:
                data_keys.remove("defaultValue")
                data__defaultValue = data["defaultValue"]
                if not isinstance(data__defaultValue, (str)):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".defaultValue must be string", value=data__defaultValue, name="" + (name_prefix or "data") + ".defaultValue", definition={'type': 'string'}, rule='type'))
            if "default" in data_keys:
                data_keys.remove("default")
                data__default = data["default"]
                if not isinstance(data__default, (str)):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".default must be string", value=data__default, name="" + (name_prefix or "data") + ".default", definition={'type': 'string'}, rule='type'))
            if "example" in data_keys:
                data_keys.remove("example")
                data__example = data["example"]
                if not isinstance(data__example, (str)):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".example must be string", value=data__example, name="" + (name_prefix or "data") + ".example", definition={'type': 'string'}, rule='type'))
    try:
        data_is_dict = isinstance(data, dict)
        if data_is_dict:
            data_keys = set(data.keys())
            if "type" in data_keys:
                data_keys.remove("type")
                data__type = data["type"]
                if not (isinstance(data__type, str) and data__type == 'number'):
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".type must be same as const definition: number", value=data__type, name="" + (name_prefix or "data") + ".type", definition={'const': 'number'}, rule='const')
    except (JsonSchemaValueException, JsonSchemaValuesException):
        pass
    else:
        data_is_dict = isinstance(data, dict)
        if data_is_dict:
            data_keys = set(data.keys())
            if "defaultValue" in data_keys:
                data_keys.remove("defaultValue")
                data__defaultValue = data["defaultValue"]
                if not isinstance(data__defaultValue, (int, float)) or isinstance(data__defaultValue, bool):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".defaultValue must be number", value=data__defaultValue, name="" + (name_prefix or "data") + ".defaultValue", definition={'type': 'number'}, rule='type'))
            if "default" in data_keys:
                data_keys.remove("default")
                data__default = data["default"]
                if not isinstance(data__default, (int, float)) or isinstance(data__default, bool):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".default must be number", value=data__default, name="" + (name_prefix or "data") + ".default", definition={'type': 'number'}, rule='type'))
            if "example" in data_keys:
                data_keys.remove("example")
                data__example = data["example"]
                if not isinstance(data__example, (int, float)) or isinstance(data__example, bool):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".example must be number", value=data__example, name="" + (name_prefix or "data") + ".example", definition={'type': 'number'}, rule='type'))
    try:
        data_is_dict = isinstance(data, dict)
        if data_is_dict:
            data_keys = set(data.keys())
            if "type" in data_keys:
                data_keys.remove("type")
                data__type = data["type"]
                if not (isinstance(data__type, str) and data__type == 'boolean'):
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".type must be same as const definition: boolean", value=data__type, name="" + (name_prefix or "data") + ".type", definition={'const': 'boolean'}, rule='const')
    except (JsonSchemaValueException, JsonSchemaValuesException):
        pass
    else:
        data_is_dict = isinstance(data, dict)
        if data_is_dict:
            data_keys = set(data.keys())
            if "defaultValue" in data_keys:
                data_keys.remove("defaultValue")
                data__defaultValue = data["defaultValue"]
                if not isinstance(data__defaultValue, (bool)):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".defaultValue must be boolean", value=data__defaultValue, name="" + (name_prefix or "data") + ".defaultValue", definition={'type': 'boolean'}, rule='type'))
            if "default" in data_keys:
                data_keys.remove("default")
                data__default = data["default"]
                if not isinstance(data__default, (bool)):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".default must be boolean", value=data__default, name="" + (name_prefix or "data") + ".default", definition={'type': 'boolean'}, rule='type'))
            if "example" in data_keys:
                data_keys.remove("example")
                data__example = data["example"]
                if not isinstance(data__example, (bool)):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".example must be boolean", value=data__example, name="" + (name_prefix or "data") + ".example", definition={'type': 'boolean'}, rule='type'))
    try:
        data_is_dict = isinstance(data, dict)
        if data_is_dict:
            data_keys = set(data.keys())
            if "type" in data_keys:
                data_keys.remove("type")
                data__type = data["type"]
                if not (isinstance(data__type, str) and data__type == 'array'):
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".type must be same as const definition: array", value=data__type, name="" + (name_prefix or "data") + ".type", definition={'const': 'array'}, rule='const')
    except (JsonSchemaValueException, JsonSchemaValuesException):
        pass
    else:
        data_is_dict = isinstance(data, dict)
        if data_is_dict:
            data_keys = set(data.keys())
            if "defaultValue" in data_keys:
                data_keys.remove("defaultValue")
                data__defaultValue = data["defaultValue"]
                if not isinstance(data__defaultValue, (list, tuple)):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".defaultValue must be array", value=data__defaultValue, name="" + (name_prefix or "data") + ".defaultValue", definition={'type': 'array'}, rule='type'))
            if "default" in data_keys:
                data_keys.remove("default")
                data__default = data["default"]
                if not isinstance(data__default, (list, tuple)):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".default must be array", value=data__default, name="" + (name_prefix or "data") + ".default", definition={'type': 'array'}, rule='type'))
            if "example" in data_keys:
                data_keys.remove("example")
                data__example = data["example"]
                if not isinstance(data__example, (list, tuple)):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".example must be array", value=data__example, name="" + (name_prefix or "data") + ".example", definition={'type': 'array'}, rule='type'))
    try:
        data_is_dict = isinstance(data, dict)
        if data_is_dict:
            data_keys = set(data.keys())
            if "type" in data_keys:
                data_keys.remove("type")
                data__type = data["type"]
                if not (isinstance(data__type, str) and data__type == 'object'):
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".type must be same as const definition: object", value=data__type, name="" + (name_prefix or "data") + ".type", definition={'const': 'object'}, rule='const')
    except (JsonSchemaValueException, JsonSchemaValuesException):
        pass
    else:
        data_is_dict = isinstance(data, dict)
        if data_is_dict:
            data_keys = set(data.keys())
            if "defaultValue" in data_keys:
                data_keys.remove("defaultValue")
                data__defaultValue = data["defaultValue"]
                if not isinstance(data__defaultValue, (dict)):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".defaultValue must be object", value=data__defaultValue, name="" + (name_prefix or "data") + ".defaultValue", definition={'type': 'object'}, rule='type'))
            if "default" in data_keys:
                data_keys.remove("default")
                data__default = data["default"]
                if not isinstance(data__default, (dict)):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".default must be object", value=data__default, name="" + (name_prefix or "data") + ".default", definition={'type': 'object'}, rule='type'))
            if "example" in data_keys:
                data_keys.remove("example")
                data__example = data["example"]
                if not isinstance(data__example, (dict)):
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".example must be object", value=data__example, name="" + (name_prefix or "data") + ".example", definition={'type': 'object'}, rule='type'))
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data_keys = set(data.keys())
        if "aliases" in data_keys:
            data_keys.remove("aliases")
            data__aliases = data["aliases"]
            if not isinstance(data__aliases, (list, tuple)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".aliases must be array", value=data__aliases, name="" + (name_prefix or "data") + ".aliases", definition={'type': 'array'}, rule='type'))
            data__aliases_is_list = isinstance(data__aliases, (list, tuple))
            if data__aliases_is_list:
                data__aliases_len = len(data__aliases)
                for data__aliases_x, data__aliases_item in enumerate(data__aliases):
                    if not isinstance(data__aliases_item, (str)):
                        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".aliases[{data__aliases_x}]".format(**locals()) + " must be string", value=data__aliases_item, name="" + (name_prefix or "data") + ".aliases[{data__aliases_x}]".format(**locals()) + "", definition={'type': 'string'}, rule='type'))
                    if isinstance(data__aliases_item, str):
                        data__aliases_item_len = len(data__aliases_item)
                        if data__aliases_item_len < 1:
                            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".aliases[{data__aliases_x}]".format(**locals()) + " must be longer than or equal to 1 characters", value=data__aliases_item, name="" + (name_prefix or "data") + ".aliases[{data__aliases_x}]".format(**locals()) + "", definition={'minLength': 1}, rule='minLength'))
        if "secret" in data_keys:
            data_keys.remove("secret")
            data__secret = data["secret"]
            if not isinstance(data__secret, (bool)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".secret must be boolean", value=data__secret, name="" + (name_prefix or "data") + ".secret", definition={'type': 'boolean'}, rule='type'))
        if "examples" in data_keys:
            data_keys.remove("examples")
            data__examples = data["examples"]
            if not isinstance(data__examples, (list, tuple)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".examples must be array", value=data__examples, name="" + (name_prefix or "data") + ".examples", definition={'type': 'array'}, rule='type'))
            data__examples_is_list = isinstance(data__examples, (list, tuple))
            if data__examples_is_list:
                data__examples_len = len(data__examples)
                if data__examples_len < 1:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".examples must contain at least 1 items", value=data__examples, name="" + (name_prefix or "data") + ".examples", definition={'minItems': 1}, rule='minItems'))
    if errors: raise JsonSchemaValuesException(errors)
    return data

def validate___definitions_parameter(data, custom_formats={}, name_prefix=None):
    errors = []
    if not isinstance(data, (dict)):
        errors.append(JsonSchemaValueException("" + (name_prefix or "data") + " must be object", value=data, name="" + (name_prefix or "data") + "", definition={'type': 'object'}, rule='type'))
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data__missing_keys = set(['name', 'required', 'type']) - data.keys()
        if data__missing_keys:
            errors.append(JsonSchemaValueException("" + (name_prefix or "data") + " must contain " + (str(sorted(data__missing_keys)) + " properties"), value=data, name="" + (name_prefix or "data") + "", definition={'required': ['name', 'required', 'type']}, rule='required'))
        data_keys = set(data.keys())
        if "name" in data_keys:
            data_keys.remove("name")
            data__name = data["name"]
            if not isinstance(data__name, (str)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".name must be string", value=data__name, name="" + (name_prefix or "data") + ".name", definition={'type': 'string'}, rule='type'))
            if isinstance(data__name, str):
                data__name_len = len(data__name)
                if data__name_len < 1:
                    errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".name must be longer than or equal to 1 characters", value=data__name, name="" + (name_prefix or "data") + ".name", definition={'minLength': 1}, rule='minLength'))
        if "required" in data_keys:
            data_keys.remove("required")
            data__required = data["required"]
            if not isinstance(data__required, (bool)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".required must be boolean", value=data__required, name="" + (name_prefix or "data") + ".required", definition={'type': 'boolean'}, rule='type'))
        if "type" in data_keys:
            data_keys.remove("type")
            data__type = data["type"]
            if not (isinstance(data__type, str) and data__type == 'string' or isinstance(data__type, str) and data__type == 'number' or isinstance(data__type, str) and data__type == 'boolean' or isinstance(data__type, str) and data__type == 'array' or isinstance(data__type, str) and data__type == 'object' or isinstance(data__type, str) and data__type == 'any'):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".type must be one of ['string', 'number', 'boolean', 'array', 'object', 'any']", value=data__type, name="" + (name_prefix or "data") + ".type", definition={'enum': ['string', 'number', 'boolean', 'array', 'object', 'any']}, rule='enum'))
        if "description" in data_keys:
            data_keys.remove("description")
            data__description = data["description"]
            if not isinstance(data__description, (str)):
                errors.append(JsonSchemaValueException("" + (name_prefix or "data") + ".description must be string", value=data__description, name="" + (name_prefix or "data") + ".description", definition={'type': 'string'}, rule='type'))
    if errors: raise JsonSchemaValuesException(errors)
    return data