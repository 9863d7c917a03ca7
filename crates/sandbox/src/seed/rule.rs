//! AWS Config: rules, their result tokens and results, recorders, delivery channels and changes.

use jiff::Timestamp;
use serde_json::Value;

use crate::services::config;
use crate::world::World;

/// A rule with a custom Lambda function.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSeed {
    /// The rule's Region.
    pub region: String,
    /// The rule's name.
    pub name: String,
    /// The function's name; it need not exist.
    pub function: String,
    /// `InputParameters`: the JSON text, nothing for none.
    pub input_parameters: Option<String>,
    /// The message types that trigger it.
    pub message_types: Vec<String>,
    /// `One_Hour`, `Three_Hours` and so on; nothing or another text: every 24 hours.
    pub frequency: Option<String>,
    /// The resource types in its scope; none: no scope, that is every resource.
    pub resource_types: Vec<String>,
    /// Result tokens that are accepted for it, besides those that Config gives out.
    pub result_tokens: Vec<ResultTokenSeed>,
}

impl RuleSeed {
    /// An hourly rule `name` in `region` that invokes `function`, for every kind of change too.
    pub fn new(region: &str, name: &str, function: &str) -> Self {
        Self {
            region: region.to_owned(),
            name: name.to_owned(),
            function: function.to_owned(),
            input_parameters: None,
            message_types: config::every_message_type(),
            frequency: Some("One_Hour".to_owned()),
            resource_types: Vec::new(),
            result_tokens: Vec::new(),
        }
    }
}

/// A result token that PutEvaluations accepts for the next six hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultTokenSeed {
    /// The token.
    pub token: String,
    /// For how many calls it is good; nothing: any number.
    pub calls: Option<u32>,
}

/// A result that a rule is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluationSeed {
    /// The rule's Region.
    pub region: String,
    /// The rule's name.
    pub rule: String,
    /// `AWS::EC2::Instance` and the like.
    pub resource_type: String,
    /// The resource's id.
    pub resource_id: String,
    /// `COMPLIANT`, `NON_COMPLIANT` or `NOT_APPLICABLE`.
    pub compliance: String,
    /// The annotation.
    pub annotation: Option<String>,
    /// The moment that the result speaks of.
    pub ordering: Timestamp,
}

/// A Region's configuration recorder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecorderSeed {
    /// The Region.
    pub region: String,
    /// The recorder's name.
    pub name: String,
    /// The ARN of the role that it works with.
    pub role_arn: String,
    /// Whether it is recording.
    pub recording: bool,
    /// Whether it records every supported type.
    pub all_supported: bool,
    /// The types that it records, if not all.
    pub resource_types: Vec<String>,
    /// The types that it leaves out.
    pub excluded_types: Vec<String>,
    /// Whether global types are among them.
    pub include_global: bool,
    /// `Success`, `Failure` or `Pending`.
    pub last_status: String,
    /// Code and text of the last error.
    pub last_error: Option<(String, String)>,
}

impl RecorderSeed {
    /// The recorder `default`, recording every type, in `region` of `world`.
    pub fn new(world: &World, region: &str) -> Self {
        let role_arn = format!(
            "arn:{}:iam::{}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
            world.partition, world.account_id
        );
        Self {
            region: region.to_owned(),
            name: "default".to_owned(),
            role_arn,
            recording: true,
            all_supported: true,
            resource_types: Vec::new(),
            excluded_types: Vec::new(),
            include_global: true,
            last_status: "Success".to_owned(),
            last_error: None,
        }
    }
}

impl World {
    /// Puts a rule, without a first run. A periodic one falls due one period from now.
    pub fn seed_rule(&mut self, seed: RuleSeed) {
        config::seed_rule(self, seed);
    }

    /// Gives a rule a result; nothing happens if the rule does not exist.
    pub fn seed_evaluation(&mut self, seed: EvaluationSeed) {
        config::seed_evaluation(self, seed);
    }

    /// Gives a Region a recorder, in place of the one it has.
    pub fn seed_recorder(&mut self, seed: RecorderSeed) {
        config::seed_recorder(self, seed);
    }

    /// Takes a Region's recorder away.
    pub fn remove_recorder(&mut self, region: &str) {
        self.services.config.recorders.remove(region);
    }

    /// Gives a Region a delivery channel, in the member names of `DescribeDeliveryChannels`.
    pub fn seed_delivery_channel(&mut self, region: &str, channel: Value) {
        let channels = &mut self.services.config.channels;
        channels.insert(region.to_owned(), channel);
    }

    /// Lets the `nth` evaluation (from 1) of each of the next `calls` PutEvaluations calls come
    /// back in `FailedEvaluations`, unstored.
    pub fn fail_evaluations(&mut self, nth: usize, calls: u32) {
        self.services.config.failing = config::Failing { nth, calls };
    }

    /// Puts a configuration item into the inventory of `region`, as it is: in the form of the
    /// event of a change or in that of GetResourceConfigHistory. The rules are not told. Absent
    /// members are those of an item recorded now; `resourceType` and `resourceId` must be there.
    ///
    /// # Errors
    /// The name of the member that is missing or cannot be understood.
    pub fn seed_configuration_item(
        &mut self,
        region: &str,
        item: &Value,
    ) -> Result<(), &'static str> {
        config::seed_item(self, region, item)
    }

    /// Tells the rules of `region` that a resource has changed: `item` is the `configurationItem`
    /// of the notification, or the `configurationItemSummary` of an oversized one if it has no
    /// `configuration`. The inventory is left as it is. [`Sandbox::settle`] runs what the rules ask for.
    ///
    /// [`Sandbox::settle`]: crate::Sandbox::settle
    pub fn change_resource(&mut self, region: &str, item: &Value) {
        config::notify_foreign(self, region, item);
    }
}
