//! `{{ … }}`: the values a text refers to.

use std::fmt;

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'a> {
    /// Text that stands for itself.
    Literal(&'a str),
    /// A reference, to be replaced by its value.
    Reference(Reference),
}

/// What a `{{ … }}` names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reference {
    /// `Name`: a parameter.
    Parameter(String),
    /// `Step.Output`: an output of a step.
    StepOutput {
        /// The step.
        step: String,
        /// The output.
        output: String,
    },
    /// `variable:Name`.
    Variable(String),
    /// `global:NAME`.
    Global(Global),
    /// `automation:EXECUTION_ID`.
    ExecutionId,
    /// `ssm:name`: a parameter of Parameter Store, allowed in defaults only.
    ParameterStore(String),
    /// A prefix or a name behind it that does not exist.
    Unknown(String),
}

/// What `global:` offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Global {
    /// The account of the run.
    AccountId,
    /// The day, `2026-03-02`.
    Date,
    /// The day and time, `2026-03-02_09.57.12`.
    DateTime,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    AwsPartition,
    /// The Region of the run.
    Region,
}

impl Global {
    const ALL: [(Self, &'static str); 5] = [
        (Self::AccountId, "ACCOUNT_ID"),
        (Self::Date, "DATE"),
        (Self::DateTime, "DATE_TIME"),
        (Self::AwsPartition, "AWS_PARTITION"),
        (Self::Region, "REGION"),
    ];

    /// The name behind `global:`.
    pub fn as_str(self) -> &'static str {
        let named = Self::ALL.iter().find(|(global, _)| *global == self);
        named.map_or("", |(_, name)| name)
    }

    fn named(name: &str) -> Option<Self> {
        let named = Self::ALL.iter().find(|(_, known)| *known == name);
        named.map(|(global, _)| *global)
    }
}

impl Reference {
    /// Reads what stands between the braces; none if it has not the form of a reference, as in
    /// a script's own braces.
    pub fn parse(inner: &str) -> Option<Self> {
        let name = inner.trim();
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-.:/".contains(c);
        if !name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            || !name.chars().all(plain)
        {
            return None;
        }
        Some(Self::from_name(name))
    }

    fn from_name(name: &str) -> Self {
        if let Some((prefix, rest)) = name.split_once(':') {
            return match (prefix, rest) {
                ("variable", rest) => Self::Variable(rest.to_owned()),
                ("ssm", rest) => Self::ParameterStore(rest.to_owned()),
                ("automation", "EXECUTION_ID") => Self::ExecutionId,
                ("global", rest) => {
                    Global::named(rest).map_or_else(|| Self::Unknown(name.to_owned()), Self::Global)
                }
                _ => Self::Unknown(name.to_owned()),
            };
        }
        match name.split_once('.') {
            Some((step, output)) => Self::StepOutput {
                step: step.to_owned(),
                output: output.to_owned(),
            },
            None => Self::Parameter(name.to_owned()),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) | Self::Unknown(name) => f.write_str(name),
            Self::StepOutput { step, output } => write!(f, "{step}.{output}"),
            Self::Variable(name) => write!(f, "variable:{name}"),
            Self::Global(global) => write!(f, "global:{}", global.as_str()),
            Self::ExecutionId => f.write_str("automation:EXECUTION_ID"),
            Self::ParameterStore(name) => write!(f, "ssm:{name}"),
        }
    }
}

/// Splits a text at its references.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut literal = text;
    let mut searched = 0;
    while let Some((before, reference, after)) = next(literal, searched) {
        match reference {
            Some(reference) => {
                if !before.is_empty() {
                    parts.push(Part::Literal(before));
                }
                parts.push(Part::Reference(reference));
                literal = after;
                searched = 0;
            }
            // Braces that are none of ours: look on behind the first of them.
            None => searched = before.len() + 1,
        }
    }
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    parts
}

type Split<'a> = (&'a str, Option<Reference>, &'a str);

/// The next pair of braces at or behind `from`: what is before them, what they name, what follows.
fn next(text: &str, from: usize) -> Option<Split<'_>> {
    let open = from + text.get(from..)?.find("{{")?;
    let (before, rest) = text.split_at_checked(open)?;
    let rest = rest.strip_prefix("{{")?;
    let named = rest
        .split_once("}}")
        .and_then(|(inner, after)| Some((Reference::parse(inner)?, after)));
    Some(match named {
        Some((reference, after)) => (before, Some(reference), after),
        None => (before, None, rest),
    })
}

/// The references of a text.
pub(crate) fn references(text: &str) -> impl Iterator<Item = Reference> + '_ {
    parts(text).into_iter().filter_map(|part| match part {
        Part::Reference(reference) => Some(reference),
        Part::Literal(_) => None,
    })
}
