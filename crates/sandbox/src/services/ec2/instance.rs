//! An instance.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::association::Association;
use crate::conversions::to_epoch;
use crate::seed::InstanceStatus;

/// An instance of a Region.
#[derive(Debug, Clone)]
pub(super) struct Instance {
    pub(super) id: String,
    pub(super) status: InstanceStatus,
    /// At most one that is not on its way out.
    pub(super) associations: Vec<Association>,
    pub(super) launched: Timestamp,
    pub(super) image: String,
    pub(super) kind: String,
    pub(super) reservation: String,
    /// The place in the launch.
    pub(super) index: usize,
    pub(super) tags: BTreeMap<String, String>,
    /// Why it is not running, as `StateTransitionReason` tells it.
    pub(super) reason: String,
    /// Which one it is in its network.
    pub(super) number: u64,
}

impl Instance {
    /// The association that counts: the one that is there or on its way in.
    pub(super) fn association(&self) -> Option<&Association> {
        self.associations.iter().find(|one| one.state.is_wanted())
    }

    pub(super) fn private_address(&self) -> String {
        let [.., high, low] = self.number.to_be_bytes();
        format!("10.0.{high}.{low}")
    }

    pub(super) fn private_name(&self) -> String {
        format!(
            "ip-{}.ec2.internal",
            self.private_address().replace('.', "-")
        )
    }

    /// The instance as DescribeInstances answers it.
    pub(super) fn to_json(&self, region: &str) -> Value {
        let gone = self.status == InstanceStatus::Terminated;
        let mut told = json!({
            "InstanceId": self.id,
            "ImageId": self.image,
            "InstanceType": self.kind,
            "State": state(self.status),
            "LaunchTime": to_epoch(self.launched),
            "AmiLaunchIndex": self.index,
            "Architecture": "x86_64",
            "Placement": {"AvailabilityZone": format!("{region}a"), "Tenancy": "default"},
            "Monitoring": {"State": "disabled"},
            "PublicDnsName": "",
            "StateTransitionReason": self.reason,
            "RootDeviceName": "/dev/xvda",
            "RootDeviceType": "ebs",
            "VirtualizationType": "hvm",
            "EbsOptimized": false,
            "EnaSupport": true,
            "Hypervisor": "xen",
            "MetadataOptions": {
                "State": "applied", "HttpTokens": "required", "HttpPutResponseHopLimit": 2,
                "HttpEndpoint": "enabled",
            },
        });
        let Some(members) = told.as_object_mut() else {
            return told;
        };
        let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
        let tag = |(key, value): (&String, &String)| json!({"Key": key, "Value": value});
        set("Tags", self.tags.iter().map(tag).collect());
        if let Some(association) = self.association() {
            set("IamInstanceProfile", association.profile());
        }
        // an instance that is gone has left its network
        let name = if gone {
            String::new()
        } else {
            self.private_name()
        };
        set("PrivateDnsName", json!(name));
        if !gone {
            set("PrivateIpAddress", json!(self.private_address()));
            set("SubnetId", json!("subnet-0a000000000000001"));
            set("VpcId", json!("vpc-0a000000000000001"));
        }
        told
    }
}

/// A state with its code.
pub(super) fn state(status: InstanceStatus) -> Value {
    json!({"Code": status.code(), "Name": status.name()})
}
