//! May an AWS service do this?

use crate::condition::{self, Truth};
use crate::context::Context;
use crate::document::{
    Effect, Policy, Principal, PrincipalElement, PrincipalKind, Selection, Statement, Text,
};
use crate::matching::{self, Pattern, Unresolved};

/// One call an AWS service makes under its own name.
#[derive(Debug, Clone, Copy)]
pub struct ServiceRequest<'r> {
    /// The service principal, such as `cloudtrail.amazonaws.com`.
    pub service: &'r str,
    /// The action, such as `s3:PutObject`.
    pub action: &'r str,
    /// The ARN of the resource.
    pub resource: &'r str,
    /// What is known about the request.
    pub context: &'r Context,
}

/// What a policy says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// A statement permits it and none forbids it.
    Allowed,
    /// No statement permits it.
    NotAllowed,
    /// A statement forbids it.
    Denied {
        /// The first statement that does.
        statement: StatementRef,
    },
    /// A statement permits it, and whether another forbids it depends on facts that are not known.
    Undetermined {
        /// The first such statement.
        statement: StatementRef,
    },
}

/// Which statement of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRef {
    /// Its position in the document, from zero.
    pub index: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// The line it begins on.
    pub line: usize,
}

impl StatementRef {
    pub(crate) fn of(statement: &Statement<'_>) -> Self {
        Self {
            index: statement.index,
            sid: statement.sid.as_deref().map(str::to_owned),
            line: statement.place.line,
        }
    }
}

impl std::fmt::Display for StatementRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.sid {
            Some(sid) => write!(f, "statement `{sid}` (line {})", self.line),
            None => write!(f, "statement {} (line {})", self.index + 1, self.line),
        }
    }
}

/// What a request is about, when it is not one resource but a scope of them.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    /// An Allow must cover all of this.
    pub(crate) granted: Pattern,
    /// A Deny that touches any of these stands in the way.
    pub(crate) written: Vec<Pattern>,
}

impl Scope {
    pub(crate) fn of(resource: &str) -> Self {
        let pattern = Pattern::literal(resource);
        Self {
            written: vec![pattern.clone()],
            granted: pattern,
        }
    }
}

impl Policy<'_> {
    /// What this policy says to a call of an AWS service.
    #[must_use]
    pub fn decide(&self, request: &ServiceRequest<'_>) -> Decision {
        self.decide_scope(request, &Scope::of(request.resource))
    }

    /// As [`Policy::decide`], for a scope instead of the request's resource.
    pub(crate) fn decide_scope(&self, request: &ServiceRequest<'_>, scope: &Scope) -> Decision {
        let case = Case {
            request,
            scope,
            variables: self.has_variables(),
        };
        let mut undetermined = None;
        let mut allowed = false;
        for statement in self.statements() {
            match (statement.effect, case.applies(statement)) {
                (Effect::Deny, Truth::True) => {
                    return Decision::Denied {
                        statement: StatementRef::of(statement),
                    };
                }
                (Effect::Deny, Truth::Unknown) => {
                    undetermined = undetermined.or(Some(statement));
                }
                (Effect::Allow, Truth::True) => allowed = true,
                _ => {}
            }
        }
        // what nothing allows is refused, whatever else may forbid it
        match undetermined {
            _ if !allowed => Decision::NotAllowed,
            Some(statement) => Decision::Undetermined {
                statement: StatementRef::of(statement),
            },
            None => Decision::Allowed,
        }
    }
}

struct Case<'c> {
    request: &'c ServiceRequest<'c>,
    scope: &'c Scope,
    variables: bool,
}

impl Case<'_> {
    fn applies(&self, statement: &Statement<'_>) -> Truth {
        let steps: [&dyn Fn() -> Truth; 4] = [
            &|| self.action(statement),
            &|| self.principal(statement),
            &|| self.resource(statement),
            &|| condition::holds(statement, self.variables, self.request.context),
        ];
        let mut truth = Truth::True;
        for step in steps {
            truth = truth.and(step());
            if truth == Truth::False {
                break;
            }
        }
        truth
    }

    fn action(&self, statement: &Statement<'_>) -> Truth {
        let named = |texts: &[Text<'_>]| {
            texts
                .iter()
                .any(|text| matching::action_matches(&text.value, self.request.action))
        };
        Truth::from(match &statement.action {
            Selection::Only(texts) => named(texts),
            Selection::AllBut(texts) => !named(texts),
        })
    }

    fn principal(&self, statement: &Statement<'_>) -> Truth {
        match (&statement.principal, statement.effect) {
            // An identity policy speaks of whoever carries it, never of a service.
            (None, _) => Truth::False,
            (Some(PrincipalElement::Only(principal)), _) => self.named(principal),
            (Some(PrincipalElement::AllBut(principal)), Effect::Deny) => {
                self.named(principal).negate()
            }
            // AWS supports NotPrincipal with Deny only, so it never counts as a grant.
            (Some(PrincipalElement::AllBut(_)), Effect::Allow) => Truth::Unknown,
        }
    }

    fn named(&self, principal: &Principal<'_>) -> Truth {
        let Principal::Named(kinds) = principal else {
            return Truth::True;
        };
        Truth::any(kinds.iter().flat_map(|(kind, texts)| {
            texts
                .iter()
                .map(move |text| match (kind, text.value.as_ref()) {
                    // `{"AWS": "*"}` means the same as `"*"`.
                    (PrincipalKind::Aws, "*") => Truth::True,
                    (PrincipalKind::Service, "*") => Truth::Unknown,
                    (PrincipalKind::Service, name) => Truth::from(name == self.request.service),
                    _ => Truth::False,
                })
        }))
    }

    fn resource(&self, statement: &Statement<'_>) -> Truth {
        let granted = &self.scope.granted;
        let written = &self.scope.written;
        match (&statement.resource, statement.effect) {
            (None, _) => Truth::Unknown,
            (Some(Selection::Only(texts)), Effect::Allow) => {
                self.any_pattern(texts, Truth::False, |pattern| pattern.covers(granted))
            }
            (Some(Selection::AllBut(texts)), Effect::Allow) => self
                .any_pattern(texts, Truth::Unknown, |pattern| pattern.touches(granted))
                .negate(),
            (Some(Selection::Only(texts)), Effect::Deny) => {
                self.any_pattern(texts, Truth::False, |pattern| {
                    written.iter().any(|target| pattern.touches(target))
                })
            }
            (Some(Selection::AllBut(texts)), Effect::Deny) => {
                Truth::any(written.iter().map(|target| {
                    self.any_pattern(texts, Truth::Unknown, |pattern| pattern.covers(target))
                        .negate()
                }))
            }
        }
    }

    /// Whether any of the patterns passes a test; `absent` is the result for
    /// one with a variable the request does not have.
    fn any_pattern(
        &self,
        texts: &[Text<'_>],
        absent: Truth,
        passes: impl Fn(&Pattern) -> bool,
    ) -> Truth {
        Truth::any(texts.iter().map(|text| {
            let pattern = if self.variables {
                Pattern::resolve(&text.value, self.request.context)
            } else {
                Ok(Pattern::plain(&text.value))
            };
            match pattern {
                Ok(pattern) => passes(&pattern).into(),
                Err(Unresolved::Absent) => absent,
                Err(Unresolved::Unknown) => Truth::Unknown,
            }
        }))
    }
}
