//! A small account: instances' profiles by EC2's rules, roles' policies by IAM's, and faults.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use trailkeeper_runbook::FailureKind;

use crate::support::{Reply, ScriptedAws, Seen};

pub(crate) const INSTANCE: &str = "i-0123456789abcdef0";

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fault {
    /// Refused, without effect.
    Refused,
    /// Done, but the answer is lost.
    Lost,
    /// Too many calls.
    Throttled,
}

/// Which call it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Hits {
    /// The call of this number, once.
    Number(usize),
    /// Every call of this kind with this input.
    Same(Seen),
    /// Every call of this operation.
    Operation(&'static str),
}

#[derive(Debug, Clone)]
pub(crate) struct Association {
    pub(crate) id: String,
    pub(crate) arn: String,
    /// It is `associating` in so many more answers.
    pub(crate) settles_in: u32,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    /// The states of the instance, one an answer; the last one stays.
    pub(crate) states: Vec<&'static str>,
    pub(crate) association: Option<Association>,
    /// So many more tries until EC2 knows a profile.
    pub(crate) propagates_in: BTreeMap<String, u32>,
    /// Profiles by name.
    pub(crate) profiles: BTreeMap<String, Value>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) managed: Vec<String>,
    pub(crate) inline: BTreeMap<String, Value>,
    /// What GetAutomationExecution answers.
    pub(crate) execution: Value,
    pub(crate) fault: Option<(Hits, Fault)>,
    /// When an instance was without a profile although it had one before.
    pub(crate) gaps: u32,
    pub(crate) next: u32,
}

type Answer = Result<Value, &'static str>;

fn text<'a>(input: &'a Value, pointer: &str) -> &'a str {
    input.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}

impl World {
    pub(crate) fn with_profile(mut self, arn: &str) -> Self {
        self.associate(arn);
        self.association.as_mut().unwrap().settles_in = 0;
        self
    }

    fn associate(&mut self, arn: &str) -> Value {
        self.next += 1;
        self.association = Some(Association {
            id: format!("iip-assoc-{:017x}", self.next),
            arn: arn.to_owned(),
            settles_in: 2,
        });
        self.told()
    }

    fn told(&self) -> Value {
        let own = self.association.as_ref().unwrap();
        let state = if own.settles_in > 0 {
            "associating"
        } else {
            "associated"
        };
        json!({
            "AssociationId": own.id, "InstanceId": INSTANCE, "State": state,
            "IamInstanceProfile": { "Arn": own.arn, "Id": "AIPAEXAMPLE" }
        })
    }

    pub(crate) fn profile(&self) -> Option<&str> {
        self.association.as_ref().map(|own| own.arn.as_str())
    }

    fn state(&mut self) -> &'static str {
        if self.states.len() > 1 {
            return self.states.remove(0);
        }
        self.states.first().copied().unwrap_or("running")
    }

    fn perform(&mut self, seen: &Seen) -> Answer {
        let input = &seen.input;
        match seen.api.as_str() {
            "ec2:DescribeInstances" => Ok(json!({ "Reservations": [{ "Instances": [
                { "InstanceId": INSTANCE, "State": { "Name": self.state() } }
            ] }] })),
            "ec2:DescribeIamInstanceProfileAssociations" => Ok(self.associations(input)),
            "ec2:AssociateIamInstanceProfile" => self.associated(input),
            "ec2:ReplaceIamInstanceProfileAssociation" => self.replaced(input),
            "ec2:DisassociateIamInstanceProfile" => {
                let own = self.association.as_ref();
                if own.is_none_or(|own| own.id != text(input, "/AssociationId")) {
                    return Err("InvalidAssociationID.NotFound");
                }
                self.association = None;
                self.gaps += 1;
                Ok(json!({}))
            }
            "ec2:DescribeTags" => {
                let value = self.tags.get("trailkeeper:profile-replacement");
                let tags = value.map(|value| json!({ "Value": value }));
                Ok(json!({ "Tags": tags.into_iter().collect::<Vec<_>>() }))
            }
            "ec2:CreateTags" => {
                let (key, value) = (text(input, "/Tags/0/Key"), text(input, "/Tags/0/Value"));
                self.tags.insert(key.to_owned(), value.to_owned());
                Ok(json!({}))
            }
            _ => self.iam(seen),
        }
    }

    fn associations(&mut self, input: &Value) -> Value {
        let wanted: Vec<&str> = input["Filters"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|filter| filter["Name"] == "state")
            .flat_map(|filter| filter["Values"].as_array().unwrap())
            .filter_map(Value::as_str)
            .collect();
        let mut found: Vec<Value> = Vec::new();
        if let Some(own) = &mut self.association {
            own.settles_in = own.settles_in.saturating_sub(1);
            found.push(self.told());
        }
        found.retain(|told| wanted.is_empty() || wanted.contains(&text(told, "/State")));
        json!({ "IamInstanceProfileAssociations": found })
    }

    fn known(&mut self, arn: &str) -> Result<(), &'static str> {
        match self.propagates_in.get_mut(arn) {
            Some(left) if *left > 0 => {
                *left -= 1;
                Err("IncorrectState")
            }
            _ => Ok(()),
        }
    }

    fn associated(&mut self, input: &Value) -> Answer {
        let arn = text(input, "/IamInstanceProfile/Arn").to_owned();
        if !["running", "stopped"].contains(&self.states.last().copied().unwrap_or("running")) {
            return Err("IncorrectInstanceState");
        }
        self.known(&arn)?;
        if self.association.is_some() {
            return Err("IncorrectState");
        }
        Ok(json!({ "IamInstanceProfileAssociation": self.associate(&arn) }))
    }

    fn replaced(&mut self, input: &Value) -> Answer {
        let arn = text(input, "/IamInstanceProfile/Arn").to_owned();
        self.known(&arn)?;
        let own = self.association.as_ref();
        let active = own.is_some_and(|own| own.id == text(input, "/AssociationId"));
        if !active || self.states.last().copied().unwrap_or("running") != "running" {
            return Err("IncorrectState");
        }
        Ok(json!({ "IamInstanceProfileAssociation": self.associate(&arn) }))
    }

    fn iam(&mut self, seen: &Seen) -> Answer {
        let input = &seen.input;
        let (arn, name) = (text(input, "/PolicyArn"), text(input, "/PolicyName"));
        match seen.api.as_str() {
            "iam:GetInstanceProfile" => {
                let found = self.profiles.get(text(input, "/InstanceProfileName"));
                let found = found.ok_or("NoSuchEntity")?;
                Ok(json!({ "InstanceProfile": found }))
            }
            "iam:GetRole" => Ok(json!({ "Role": { "RoleName": input["RoleName"] } })),
            "iam:GetPolicy" => Ok(json!({ "Policy": { "Arn": arn } })),
            "iam:ListAttachedRolePolicies" => {
                let told = self.managed.iter();
                let told: Vec<Value> = told.map(|arn| json!({ "PolicyArn": arn })).collect();
                Ok(json!({ "AttachedPolicies": told, "IsTruncated": false }))
            }
            "iam:DetachRolePolicy" => {
                let before = self.managed.len();
                self.managed.retain(|own| own != arn);
                let gone = self.managed.len() < before;
                if gone {
                    Ok(json!({}))
                } else {
                    Err("NoSuchEntity")
                }
            }
            "iam:AttachRolePolicy" => {
                if !self.managed.iter().any(|own| own == arn) {
                    self.managed.push(arn.to_owned());
                }
                Ok(json!({}))
            }
            "iam:ListRolePolicies" => {
                let names: Vec<&String> = self.inline.keys().collect();
                Ok(json!({ "PolicyNames": names }))
            }
            "iam:GetRolePolicy" => {
                let document = self.inline.get(name).ok_or("NoSuchEntity")?;
                Ok(
                    json!({ "RoleName": input["RoleName"], "PolicyName": name, "PolicyDocument": document }),
                )
            }
            "iam:DeleteRolePolicy" => {
                let gone = self.inline.remove(name);
                gone.map(|_| json!({})).ok_or("NoSuchEntity")
            }
            "iam:PutRolePolicy" => {
                let document = serde_json::from_str(text(input, "/PolicyDocument"));
                let document = document.map_err(|_| "MalformedPolicyDocument")?;
                self.inline.insert(name.to_owned(), document);
                Ok(json!({}))
            }
            "ssm:GetAutomationExecution" => Ok(self.execution.clone()),
            "sns:Publish" => Ok(json!({ "MessageId": "1" })),
            other => panic!("{other} was not expected"),
        }
    }

    fn answer(&mut self, number: usize, seen: &Seen) -> Reply {
        let fault = self.fault.as_ref().filter(|(hits, _)| match hits {
            Hits::Number(hit) => *hit == number,
            Hits::Same(same) => same == seen,
            Hits::Operation(api) => seen.api == *api,
        });
        match fault.map(|(_, fault)| *fault) {
            Some(Fault::Refused) => Reply::Refuse("UnauthorizedOperation", FailureKind::Denied),
            Some(Fault::Throttled) => Reply::Refuse("Throttling", FailureKind::Throttled),
            Some(Fault::Lost) => {
                // Whatever came of it, nobody is told.
                let _ = self.perform(seen);
                Reply::Refuse("ConnectionLost", FailureKind::NoAnswer)
            }
            None => match self.perform(seen) {
                Ok(answer) => Reply::Answer(answer),
                Err(code) => Reply::Refuse(code, FailureKind::Other),
            },
        }
    }

    /// The account behind calls, and a look at it afterwards.
    pub(crate) fn open(self) -> (ScriptedAws, Arc<Mutex<World>>) {
        let world = Arc::new(Mutex::new(self));
        let own = world.clone();
        let aws = ScriptedAws::new(move |number, seen| own.lock().unwrap().answer(number, seen));
        (aws, world)
    }
}

/// The calls that change something.
pub(crate) fn writes(aws: &ScriptedAws) -> Vec<String> {
    let reads = ["Describe", "Get", "List"];
    let seen = aws.seen().into_iter().map(|seen| seen.api);
    seen.filter(|api| !reads.iter().any(|verb| api.contains(&format!(":{verb}"))))
        .collect()
}
