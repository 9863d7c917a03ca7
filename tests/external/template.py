"""The template as CloudFormation would render it for given parameters; what these scripts need."""

import re

import yaml

from account import ROOT

TEMPLATE = ROOT / "cloudformation" / "trailkeeper.yaml"
NOTHING = object()  # AWS::NoValue


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags."""


def _short_tag(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_tag)


class Stack:
    """The template with parameters; `made` gives ARNs of resources by logical id."""

    def __init__(self, account, region, parameters, made):
        # The loader is a SafeLoader.
        self._template = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)  # noqa: S506
        declared = self._template["Parameters"]
        if unknown := parameters.keys() - declared.keys():
            raise KeyError(f"the template has no parameter {', '.join(sorted(unknown))}")
        defaults = {name: str(one["Default"]) for name, one in declared.items() if "Default" in one}
        given = defaults | parameters
        if missing := declared.keys() - given.keys():
            raise KeyError(f"the template needs {', '.join(sorted(missing))}")
        for name, value in given.items():
            pattern = declared[name].get("AllowedPattern")
            allowed = [str(one) for one in declared[name].get("AllowedValues", [value])]
            if (pattern and not re.fullmatch(pattern, value)) or value not in allowed:
                raise ValueError(f"the template refuses {name}={value!r}")
        self._made = made
        self._references = given | {
            "AWS::AccountId": account, "AWS::Region": region, "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com", "AWS::NoValue": NOTHING,
        }

    def resource(self, logical_id):
        """A resource's properties; none where its condition does not hold."""
        resource = self._template["Resources"][logical_id]
        if "Condition" in resource and not self._holds(resource["Condition"]):
            return None
        return self._rendered(resource["Properties"])

    def resources(self, kind):
        """The resources of a type that there are, by logical id, with their properties."""
        all_of = {name: self.resource(name) for name, one in self._template["Resources"].items()
                  if one["Type"] == kind}
        return {name: properties for name, properties in all_of.items() if properties is not None}

    def output(self, name):
        """The value of an output."""
        return self._rendered(self._template["Outputs"][name]["Value"])

    def attribute(self, name, attribute):
        """A resource's attribute, by logical id."""
        if attribute != "Arn":
            raise NotImplementedError(f"{name}.{attribute}")
        resource = self._template["Resources"][name]
        if resource["Type"] == "AWS::Events::Rule":
            place = f"{self._references['AWS::Region']}:{self._references['AWS::AccountId']}"
            return f"arn:aws:events:{place}:rule/{self._rendered(resource['Properties']['Name'])}"
        return self._made[name]

    def _holds(self, condition):
        if isinstance(condition, str):
            return self._holds(self._template["Conditions"][condition])
        (name, value), = condition.items()
        match name:
            case "Condition":
                return self._holds(value)
            case "Fn::Equals":
                left, right = map(self._rendered, value)
                return left == right
            case "Fn::Not":
                return not self._holds(value[0])
            case "Fn::And":
                return all(map(self._holds, value))
            case "Fn::Or":
                return any(map(self._holds, value))
        raise NotImplementedError(f"the condition function {name}")

    def _rendered(self, value):
        if isinstance(value, list):
            members = map(self._rendered, value)
            return [member for member in members if member is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, argument), = value.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._called(name, argument)
        members = {name: self._rendered(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member is not NOTHING}

    def _called(self, name, argument):
        match name:
            case "Ref":
                return self._reference(argument)
            case "Fn::GetAtt":
                return self.attribute(*argument)
            case "Fn::If":
                condition, then, otherwise = argument
                return self._rendered(then if self._holds(condition) else otherwise)
            case "Fn::Sub":
                return self._substituted(argument)
            case "Fn::Split":
                separator, text = argument
                return self._rendered(text).split(separator)
            case "Fn::FindInMap":
                found = self._template["Mappings"][argument[0]]
                return found[self._rendered(argument[1])][self._rendered(argument[2])]
        raise NotImplementedError(f"the function {name}")

    def _reference(self, name):
        if name in self._references:
            return self._references[name]
        # What a Ref to a resource gives: its name, which these kinds have among their properties.
        resource = self._template["Resources"][name]
        if resource["Type"] == "AWS::SNS::Topic":
            return self._made[name]
        names = {"AWS::Lambda::Function": "FunctionName", "AWS::SSM::Document": "Name",
                 "AWS::Config::ConfigRule": "ConfigRuleName", "AWS::Logs::LogGroup": "LogGroupName"}
        return self._rendered(resource["Properties"][names[resource["Type"]]])

    def _substituted(self, argument):
        text, own = (argument, {}) if isinstance(argument, str) else argument

        def value(found):
            name = found[1]
            if name in own:
                return str(self._rendered(own[name]))
            return self.attribute(*name.split(".", 1)) if "." in name else self._reference(name)

        return re.sub(r"\$\{([^!}]+)}", value, text)
