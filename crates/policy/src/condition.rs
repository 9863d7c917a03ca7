//! Conditions, in a logic of three values: what is not known about a request
//! is never guessed.

mod operator;
mod values;

use crate::context::{Context, ContextValue};
use crate::document::{Condition, Statement};
pub(crate) use operator::Operator;
use operator::{Test, Wanted};

/// The result of a test that may lack facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// The facts do not decide it.
    Unknown,
}

impl Truth {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    /// At least one holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.negate().and(other.negate()).negate()
    }

    /// It does not hold.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }

    pub(crate) fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::True, Self::and)
    }

    pub(crate) fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::False, Self::or)
    }

    fn negate_if(self, negated: bool) -> Self {
        if negated { self.negate() } else { self }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

/// Whether the whole `Condition` of a statement holds for a request.
///
/// `variables` says whether `${…}` is a policy variable in its document.
#[must_use]
pub fn holds(statement: &Statement<'_>, variables: bool, context: &Context) -> Truth {
    Truth::all(
        statement
            .conditions
            .iter()
            .map(|line| line_holds(line, variables, context)),
    )
}

/// Whether one operator, key and its values hold for a request.
#[must_use]
pub fn line_holds(line: &Condition<'_>, variables: bool, context: &Context) -> Truth {
    let Some(operator) = Operator::parse(&line.operator.value) else {
        return Truth::Unknown;
    };
    let seen = context.get(&line.key.value);
    if operator.test == Test::Null {
        return null_holds(line, seen);
    }
    let wanted: Vec<Wanted> = line
        .values
        .iter()
        .map(|text| Wanted::new(&text.value, variables, context))
        .collect();
    match seen {
        ContextValue::Unknown => Truth::Unknown,
        ContextValue::Absent => operator.without_key(),
        ContextValue::Values(values) if values.is_empty() => operator.without_key(),
        ContextValue::Values(values) => operator.with_values(values, &wanted),
        ContextValue::OneOf(possible) => {
            let mut each = possible
                .iter()
                .map(|value| operator.with_values(std::slice::from_ref(value), &wanted));
            let first = each.next().unwrap_or(Truth::Unknown);
            if each.all(|other| other == first) {
                first
            } else {
                Truth::Unknown
            }
        }
    }
}

/// `Null` asks for presence: `true` means the key must be absent.
fn null_holds(line: &Condition<'_>, seen: &ContextValue) -> Truth {
    let absent = match seen {
        ContextValue::Unknown => return Truth::Unknown,
        ContextValue::Absent => true,
        ContextValue::Values(values) => values.is_empty(),
        ContextValue::OneOf(_) => false,
    };
    let wanted = |text: &str| match values::boolean(text) {
        Some(null) => Truth::from(null == absent),
        None => Truth::Unknown,
    };
    Truth::any(line.values.iter().map(|text| wanted(&text.value)))
}
