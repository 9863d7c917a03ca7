//! An action that is granted, and how bad that is.

use std::cmp::Reverse;

use super::finding::Severity;
use super::grave::{is_grave, is_telemetry, level, weight};
use super::narrowing::Narrowing;
use super::reach::Width;
use crate::action_table::{AccessLevel, Action, ResourceClass};

/// Under which finding an action is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bucket {
    /// Under none.
    Fine,
    /// As part of an action pattern that is too broad, or of `NotAction` or `NotResource`.
    Pattern,
    /// For its resource.
    Resource,
    /// As a write that no resource narrows.
    Unscopeable,
}

/// An action that is really granted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Granted {
    pub(super) action: Action,
    pub(super) width: Width,
    pub(super) narrowing: Narrowing,
    pub(super) bucket: Bucket,
    pub(super) level: AccessLevel,
    class: ResourceClass,
    /// How bad it is that it is granted so broadly; nothing if it could not be granted otherwise.
    pub(super) severity: Option<Severity>,
}

impl Granted {
    pub(super) fn new(action: Action, width: Width, narrowing: Narrowing) -> Self {
        let (level, class) = (level(action), action.class());
        let writes = level.is_write_like();
        let open = narrowing < Narrowing::Resources;
        let advisory = match class {
            ResourceClass::Unscopeable => writes && open && !is_telemetry(action),
            _ => width >= Width::Type && open,
        };
        let severity = if !class.is_scopeable() {
            advisory.then_some(Severity::Advisory)
        } else if width >= Width::Type {
            Some(broad(writes || is_grave(action), narrowing))
        } else {
            writes.then_some(match narrowing {
                Narrowing::Nothing => Severity::Medium,
                _ => Severity::Low,
            })
        };
        Self {
            action,
            width,
            narrowing,
            bucket: Bucket::Fine,
            level,
            class,
            severity,
        }
    }

    /// Where it belongs if no pattern of its statement is too broad.
    pub(super) fn by_itself(&self) -> Bucket {
        if self.width < Width::Type || self.severity.is_none() {
            Bucket::Fine
        } else if self.class == ResourceClass::Unscopeable {
            Bucket::Unscopeable
        } else {
            Bucket::Resource
        }
    }

    /// The worst come first in this order.
    pub(super) fn rank(&self) -> impl Ord + use<> {
        (
            Reverse(self.severity),
            Reverse(weight(self.action)),
            Reverse(self.level),
            self.action,
        )
    }
}

/// How bad it is to grant an action on all resources of a type.
fn broad(matters: bool, narrowing: Narrowing) -> Severity {
    match narrowing {
        Narrowing::Nothing if matters => Severity::High,
        Narrowing::Circumstances if matters => Severity::Medium,
        _ => Severity::Low,
    }
}
