//! What CloudFormation makes of the template: parameters, conditions and functions resolved.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

const NO_VALUE: &str = "AWS::NoValue";

/// The parameters of one deployment; the others have their defaults.
pub(crate) type Parameters<'a> = &'a [(&'a str, &'a str)];

/// The template as it is written.
#[derive(Debug, Clone)]
pub(crate) struct Template(Value);

impl Template {
    pub(crate) fn new(document: Value) -> Self {
        Self(document)
    }

    pub(crate) fn section(&self, name: &str) -> &Map<String, Value> {
        object(&self.0[name])
    }

    pub(crate) fn document_mut(&mut self) -> &mut Value {
        &mut self.0
    }

    pub(crate) fn default_of(&self, parameter: &str) -> Option<String> {
        self.section("Parameters")[parameter]
            .get("Default")
            .map(text)
    }

    /// Renders with `given`; the rest of the environment is symbolic (`ACCOUNT`, `REGION`).
    pub(crate) fn render(&self, given: Parameters<'_>) -> Stack<'_> {
        let pseudo = [
            ("AWS::Partition", "PARTITION"),
            ("AWS::AccountId", "ACCOUNT"),
            ("AWS::Region", "REGION"),
            ("AWS::URLSuffix", "SUFFIX"),
        ];
        let mut values: BTreeMap<String, String> = BTreeMap::new();
        for (name, parameter) in self.section("Parameters") {
            let default = parameter.get("Default").map(text);
            // One that has to be given and does not matter here has its own name as its value.
            values.insert(name.clone(), default.unwrap_or_else(|| name.clone()));
        }
        for (name, value) in pseudo.iter().chain(given) {
            let known = name.starts_with("AWS::") || self.section("Parameters").contains_key(*name);
            assert!(known, "the template has no parameter {name}");
            values.insert((*name).to_owned(), (*value).to_owned());
        }
        Stack {
            template: self,
            values,
        }
    }
}

/// The template with its parameters.
#[derive(Debug)]
pub(crate) struct Stack<'a> {
    template: &'a Template,
    values: BTreeMap<String, String>,
}

impl Stack<'_> {
    /// The properties of a resource; none where its condition keeps it out.
    pub(crate) fn properties(&self, name: &str) -> Option<Value> {
        let resource = &self.template.section("Resources")[name];
        let exists = resource
            .get("Condition")
            .is_none_or(|name| self.holds(name));
        exists.then(|| self.resolve(&resource["Properties"]).unwrap())
    }

    /// The rules of the template that these parameters break.
    pub(crate) fn broken_rules(&self) -> Vec<&str> {
        let rules = self.template.section("Rules").iter();
        rules
            .filter(|(_, rule)| self.is_broken(rule))
            .map(|(name, _)| name.as_str())
            .collect()
    }

    fn is_broken(&self, rule: &Value) -> bool {
        let applies = rule
            .get("RuleCondition")
            .is_none_or(|when| self.condition(when));
        let mut assertions = list(&rule["Assertions"]).iter();
        applies && assertions.any(|assertion| !self.condition(&assertion["Assert"]))
    }

    fn holds(&self, name: &Value) -> bool {
        self.condition(&self.template.section("Conditions")[name.as_str().unwrap()])
    }

    fn condition(&self, node: &Value) -> bool {
        let (function, argument) = single(node).expect("a condition is a function");
        match function {
            "Condition" => self.holds(argument),
            "Fn::Not" => !self.condition(&argument[0]),
            "Fn::And" => list(argument).iter().all(|one| self.condition(one)),
            "Fn::Or" => list(argument).iter().any(|one| self.condition(one)),
            "Fn::Equals" => self.resolve(&argument[0]) == self.resolve(&argument[1]),
            _ => panic!("{function} is no condition"),
        }
    }

    /// A node's value; none is `AWS::NoValue`.
    fn resolve(&self, node: &Value) -> Option<Value> {
        if let Some((function, argument)) = single(node)
            && (function == "Ref" || function.starts_with("Fn::"))
        {
            return self.call(function, argument);
        }
        match node {
            Value::Array(items) => {
                Some(items.iter().filter_map(|item| self.resolve(item)).collect())
            }
            Value::Object(map) => {
                let entries = map.iter();
                let known =
                    entries.filter_map(|(key, value)| Some((key.clone(), self.resolve(value)?)));
                Some(Value::Object(known.collect()))
            }
            plain => Some(plain.clone()),
        }
    }

    fn call(&self, function: &str, argument: &Value) -> Option<Value> {
        Some(match function {
            "Ref" if argument == NO_VALUE => return None,
            "Ref" => Value::String(self.reference(argument.as_str().unwrap())),
            "Fn::If" => {
                let branch = if self.holds(&argument[0]) { 1 } else { 2 };
                return self.resolve(&argument[branch]);
            }
            "Fn::Sub" => Value::String(self.substitute(argument)),
            "Fn::GetAtt" => Value::String(self.attribute(&text(&argument[0]), &text(&argument[1]))),
            "Fn::Split" => {
                let whole = text(&self.resolve(&argument[1]).unwrap());
                let parts = whole.split(argument[0].as_str().unwrap());
                parts.map(str::to_owned).collect()
            }
            "Fn::FindInMap" => {
                let keys = [1, 2].map(|key| text(&self.resolve(&argument[key]).unwrap()));
                let map = &self.template.section("Mappings")[argument[0].as_str().unwrap()];
                map[&keys[0]][&keys[1]].clone()
            }
            _ => panic!("{function} is not understood here"),
        })
    }

    fn reference(&self, name: &str) -> String {
        match self.values.get(name) {
            Some(value) => value.clone(),
            None if self.kind_of(name) == "AWS::SNS::Topic" => self.attribute(name, "Arn"),
            None => self.name_of(name),
        }
    }

    /// The name that a resource gets, else the one it has in the template.
    fn name_of(&self, logical: &str) -> String {
        let named = [
            "FunctionName",
            "ConfigRuleName",
            "BucketName",
            "LogGroupName",
            "RoleName",
            "QueueName",
            "TopicName",
            "Name",
        ];
        let resources = self.template.section("Resources");
        let properties = &resources
            .get(logical)
            .unwrap_or_else(|| panic!("{logical} is unknown"))["Properties"];
        let property = named.iter().find_map(|name| properties.get(*name));
        property.map_or_else(
            || logical.to_owned(),
            |name| text(&self.resolve(name).unwrap()),
        )
    }

    fn kind_of(&self, logical: &str) -> String {
        let resource = self.template.section("Resources").get(logical);
        let resource = resource.unwrap_or_else(|| panic!("{logical} is unknown"));
        text(&resource["Type"])
    }

    fn attribute(&self, logical: &str, attribute: &str) -> String {
        if attribute != "Arn" {
            return self.name_of(logical);
        }
        let kind = self.kind_of(logical);
        let name = self.name_of(logical);
        let path = self.reference("RolePath");
        let pattern = match kind.as_str() {
            "AWS::IAM::Role" => format!("iam::${{AWS::AccountId}}:role{path}{name}"),
            "AWS::S3::Bucket" => format!("s3:::{name}"),
            "AWS::SQS::Queue" => format!("sqs:${{AWS::Region}}:${{AWS::AccountId}}:{name}"),
            "AWS::SNS::Topic" => format!("sns:${{AWS::Region}}:${{AWS::AccountId}}:{name}"),
            "AWS::Events::Rule" => {
                format!("events:${{AWS::Region}}:${{AWS::AccountId}}:rule/{name}")
            }
            "AWS::Lambda::Function" => {
                format!("lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:{name}")
            }
            "AWS::Logs::LogGroup" => {
                format!("logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:{name}:*")
            }
            "AWS::KMS::Key" => {
                let id = "11111111-2222-3333-4444-555555555555";
                format!("kms:${{AWS::Region}}:${{AWS::AccountId}}:key/{id}")
            }
            _ => panic!("the ARN of {kind} is not known here"),
        };
        self.substitute(&Value::String(format!("arn:${{AWS::Partition}}:{pattern}")))
    }

    fn substitute(&self, argument: &Value) -> String {
        let (pattern, own) = match argument {
            Value::Array(both) => (text(&both[0]), object(&both[1]).clone()),
            pattern => (text(pattern), Map::new()),
        };
        let mut parts = pattern.split("${");
        let mut whole = parts.next().unwrap().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').expect("a closing brace");
            whole.push_str(&match (own.get(name), name.split_once('.')) {
                (Some(value), _) => text(&self.resolve(value).unwrap()),
                (None, Some((resource, attribute))) => self.attribute(resource, attribute),
                (None, None) => self.reference(name),
            });
            whole.push_str(rest);
        }
        whole
    }
}

/// The only entry of a map with one.
fn single(node: &Value) -> Option<(&str, &Value)> {
    let map = node.as_object().filter(|map| map.len() == 1)?;
    map.iter().next().map(|(key, value)| (key.as_str(), value))
}

pub(crate) fn object(node: &Value) -> &Map<String, Value> {
    node.as_object()
        .unwrap_or_else(|| panic!("not a map: {node}"))
}

pub(crate) fn list(node: &Value) -> &Vec<Value> {
    node.as_array()
        .unwrap_or_else(|| panic!("not a list: {node}"))
}

/// A scalar's text.
pub(crate) fn text(node: &Value) -> String {
    match node {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        other => panic!("not a scalar: {other}"),
    }
}
