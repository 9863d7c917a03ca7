//! What AWS says of every IAM action: its access level, the resource types it can be narrowed to
//! and the condition keys it carries.
//!
//! The data is embedded (`data/` holds the text it is made of) and read in place: nothing is
//! parsed when a process starts. Actions are numbered in the order of their lower-case names, so a
//! pattern such as `s3:Get*` is one unbroken run of numbers.

mod expand;
mod names;
mod set;
mod store;
mod types;

pub use expand::Expansion;
pub use set::ActionSet;
pub use types::{ActionResource, ArnTemplate, ResourceType};

use std::ops::Range;

/// What an action does, from the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// It shows which resources there are.
    List,
    /// It shows what is in them.
    Read,
    /// It changes tags only.
    Tagging,
    /// It creates, changes or deletes.
    Write,
    /// It changes who may do what.
    PermissionsManagement,
}

impl AccessLevel {
    /// The word for it in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Read => "read",
            Self::Tagging => "tagging",
            Self::Write => "write",
            Self::PermissionsManagement => "permissions management",
        }
    }

    /// Whether it changes anything.
    #[must_use]
    pub fn is_write_like(self) -> bool {
        self >= Self::Tagging
    }

    fn of_number(number: u8) -> Self {
        match number {
            0 => Self::List,
            1 => Self::Read,
            2 => Self::Tagging,
            3 => Self::Write,
            _ => Self::PermissionsManagement,
        }
    }
}

/// How an action can be narrowed to resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResourceClass {
    /// It knows no resource type: only `*` allows it.
    Unscopeable,
    /// At least one resource type is required.
    Required,
    /// One resource type that a call may lack: it cannot always be narrowed.
    OptionalOne,
    /// Several resource types, of which a call needs one or another.
    OptionalMany,
}

impl ResourceClass {
    /// Whether naming resources narrows the action for certain.
    #[must_use]
    pub fn is_scopeable(self) -> bool {
        matches!(self, Self::Required | Self::OptionalMany)
    }

    fn of_number(number: u8) -> Self {
        match number {
            0 => Self::Unscopeable,
            1 => Self::Required,
            2 => Self::OptionalOne,
            _ => Self::OptionalMany,
        }
    }
}

/// The table of all actions.
#[derive(Debug, Clone, Copy)]
pub struct ActionTable(());

impl ActionTable {
    /// The table.
    #[must_use]
    pub fn get() -> &'static Self {
        &Self(())
    }

    /// The day of the data: an action that is younger is not in the table.
    #[must_use]
    pub fn date(&self) -> &'static str {
        store::DATE
    }

    /// How many actions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        store::action_count() as usize
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The action of this name, whatever the case of its letters.
    #[must_use]
    pub fn find(&self, action: &str) -> Option<Action> {
        store::find(action).map(|id| Action { id })
    }

    /// The action with this number.
    #[must_use]
    pub fn action(&self, id: u32) -> Option<Action> {
        (id < store::action_count()).then_some(Action { id })
    }

    /// Whether the table has an action with this service prefix, whatever its case.
    #[must_use]
    pub fn knows_service(&self, service: &str) -> bool {
        !service.contains(':') && !store::service_range(service).is_empty()
    }

    /// The actions that an action pattern of a policy stands for, in order.
    ///
    /// The same actions match as with [`crate::matching::action_matches`].
    #[must_use]
    pub fn expand<'p>(&self, pattern: &'p str) -> Expansion<'p> {
        Expansion::new(pattern)
    }

    /// The numbers of the actions a pattern stands for, if they are one run whatever the table
    /// says: `*`, `s3:*`, `s3:Get*` or a plain name.
    #[must_use]
    pub fn run(&self, pattern: &str) -> Option<Range<u32>> {
        expand::run(pattern)
    }
}

/// An action of the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Action {
    id: u32,
}

impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Action {
    /// Its number, in the order of the lower-case names.
    #[must_use]
    pub fn id(self) -> u32 {
        self.id
    }

    /// Its name as AWS writes it, such as `s3:GetObject`.
    #[must_use]
    pub fn name(self) -> &'static str {
        names::name(self.id)
    }

    /// Its service prefix, such as `s3`.
    #[must_use]
    pub fn service(self) -> &'static str {
        names::service(self.id)
    }

    /// What it does.
    #[must_use]
    pub fn level(self) -> AccessLevel {
        AccessLevel::of_number(store::shape(self.id).level)
    }

    /// How it can be narrowed to resources.
    #[must_use]
    pub fn class(self) -> ResourceClass {
        ResourceClass::of_number(store::shape(self.id).class)
    }

    /// The resource types it can be narrowed to.
    pub fn resource_types(self) -> impl Iterator<Item = ActionResource> {
        store::list(store::shape(self.id).types).map(ActionResource::of_number)
    }

    /// The condition keys of the action itself and of its use of its resource types, such as
    /// `aws:ResourceTag/${TagKey}`. A resource type can have more.
    pub fn condition_keys(self) -> impl Iterator<Item = &'static str> {
        store::strings(store::shape(self.id).keys)
    }
}
