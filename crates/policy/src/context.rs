//! What is known about a request.

/// What is known about one condition key of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextValue {
    /// The key is there with these values.
    Values(Vec<String>),
    /// The key is there with one value, which is one of these.
    OneOf(Vec<String>),
    /// The key is not there.
    Absent,
    /// Nothing is known.
    Unknown,
}

impl ContextValue {
    /// One known value.
    #[must_use]
    pub fn value(text: impl Into<String>) -> Self {
        Self::Values(vec![text.into()])
    }
}

/// The condition keys of a request; a key never mentioned is unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    entries: Vec<(String, ContextValue)>,
    families: Vec<(String, ContextValue)>,
}

/// Keys that describe a caller who is a principal of an account, or a call
/// that came through somebody: an AWS service calling for itself has none.
const ABSENT_FOR_SERVICES: [&str; 15] = [
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:FederatedProvider",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "aws:userid",
    "aws:username",
];

impl Context {
    /// A context about which nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What is known of every direct call an AWS service makes for itself.
    #[must_use]
    pub fn of_service(service: &str) -> Self {
        let context = ABSENT_FOR_SERVICES
            .iter()
            .fold(Self::new(), |context, key| {
                context.with(*key, ContextValue::Absent)
            });
        context
            .with_family("aws:PrincipalTag/", ContextValue::Absent)
            .with_value("aws:PrincipalIsAWSService", "true")
            .with_value("aws:PrincipalServiceName", service)
            .with_value("aws:ViaAWSService", "false")
            .with_value("aws:SecureTransport", "true")
    }

    /// Adds what is known about a key; a later word replaces an earlier one.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: ContextValue) -> Self {
        self.entries.push((key.into(), value));
        self
    }

    /// Adds a key with one value.
    #[must_use]
    pub fn with_value(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(key, ContextValue::value(value))
    }

    /// Says what is known about every key that begins so and is not given itself.
    #[must_use]
    pub fn with_family(mut self, prefix: impl Into<String>, value: ContextValue) -> Self {
        self.families.push((prefix.into(), value));
        self
    }

    /// What is known about a key; keys are case-insensitive.
    #[must_use]
    pub fn get(&self, key: &str) -> &ContextValue {
        let entry = self
            .entries
            .iter()
            .rev()
            .find(|(name, _)| name.eq_ignore_ascii_case(key));
        let family = || {
            self.families
                .iter()
                .rev()
                .find(|(name, _)| begins(key, name))
        };
        entry
            .or_else(family)
            .map_or(&ContextValue::Unknown, |(_, value)| value)
    }
}

fn begins(key: &str, prefix: &str) -> bool {
    key.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
