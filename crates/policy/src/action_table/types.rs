//! Resource types and the shape of their ARNs.

use super::store;

/// A resource type as an action uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionResource {
    /// Whether a call must name a resource of this type.
    pub required: bool,
    kind: u16,
}

impl ActionResource {
    pub(super) fn of_number(number: u16) -> Self {
        Self {
            required: number & 1 == 1,
            kind: number >> 1,
        }
    }

    /// The type.
    #[must_use]
    pub fn resource_type(self) -> ResourceType {
        ResourceType { number: self.kind }
    }
}

/// A type of resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceType {
    number: u16,
}

impl ResourceType {
    /// Its number, dense from zero.
    #[must_use]
    pub fn id(self) -> u16 {
        self.number
    }

    /// Its name, such as `bucket`; two services can have types of one name.
    #[must_use]
    pub fn name(self) -> &'static str {
        store::string(store::resource_type(self.number).0)
    }

    /// The shapes its ARNs can have: at least one.
    pub fn arn_templates(self) -> impl Iterator<Item = ArnTemplate> {
        let pairs = store::pairs(store::resource_type(self.number).1);
        pairs.map(|(head, resource)| ArnTemplate {
            head: store::string(head),
            resource: store::string(resource),
        })
    }

    /// The condition keys it carries.
    pub fn condition_keys(self) -> impl Iterator<Item = &'static str> {
        store::strings(store::resource_type(self.number).2)
    }
}

/// The shape of an ARN, such as `arn:${Partition}:s3:::${BucketName}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ArnTemplate {
    head: &'static str,
    resource: &'static str,
}

impl ArnTemplate {
    /// The five parts before the resource, each with its colon.
    #[must_use]
    pub fn head(self) -> &'static str {
        self.head
    }

    fn part(self, number: usize) -> &'static str {
        self.head.split(':').nth(number).unwrap_or_default()
    }

    /// The service in the ARN, which is not always the prefix of the actions.
    #[must_use]
    pub fn service(self) -> &'static str {
        self.part(2)
    }

    /// The Region: `${Region}`, or empty, or what AWS fixes it to.
    #[must_use]
    pub fn region(self) -> &'static str {
        self.part(3)
    }

    /// The account: `${Account}`, or empty, or what AWS fixes it to.
    #[must_use]
    pub fn account(self) -> &'static str {
        self.part(4)
    }

    /// What follows the fifth colon, such as `table/${TableName}`.
    #[must_use]
    pub fn resource(self) -> &'static str {
        self.resource
    }
}

impl std::fmt::Display for ArnTemplate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.head)?;
        f.write_str(self.resource)
    }
}
