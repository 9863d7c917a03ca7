//! Sets of actions.

use std::ops::Range;

use super::{Action, ActionTable, store};

/// A set of actions of the table, one bit each.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ActionSet {
    words: Vec<u64>,
}

const BITS: u32 = u64::BITS;

impl Default for ActionSet {
    fn default() -> Self {
        Self::new()
    }
}

impl ActionSet {
    /// No action.
    #[must_use]
    pub fn new() -> Self {
        let words = ActionTable::get().len().div_ceil(BITS as usize);
        Self {
            words: vec![0; words],
        }
    }

    /// All actions.
    #[must_use]
    pub fn all() -> Self {
        let mut set = Self::new();
        set.insert_pattern("*");
        set
    }

    /// Adds an action.
    pub fn insert(&mut self, action: Action) {
        self.insert_run(action.id..action.id + 1);
    }

    /// Adds the actions that an action pattern stands for.
    pub fn insert_pattern(&mut self, pattern: &str) {
        match ActionTable::get().run(pattern) {
            Some(run) => self.insert_run(run),
            None => self.extend(ActionTable::get().expand(pattern)),
        }
    }

    /// Adds the actions with these numbers; numbers that no action has are left out.
    pub(crate) fn insert_run(&mut self, run: Range<u32>) {
        let run = run.start..run.end.min(store::action_count());
        let (from, to) = (run.start / BITS, run.end.div_ceil(BITS));
        let words = self.words.get_mut(from as usize..to as usize);
        for (at, word) in (from..).zip(words.unwrap_or_default()) {
            *word |= bits_below(run.end, at) & !bits_below(run.start, at);
        }
    }

    /// Takes an action away.
    pub fn remove(&mut self, action: Action) {
        if let Some(word) = self.words.get_mut((action.id / BITS) as usize) {
            *word &= !(1 << (action.id % BITS));
        }
    }

    /// Whether the action is in it.
    #[must_use]
    pub fn contains(&self, action: Action) -> bool {
        let word = self.words.get((action.id / BITS) as usize);
        word.is_some_and(|word| word >> (action.id % BITS) & 1 == 1)
    }

    /// Adds the actions of another set.
    pub fn add(&mut self, other: &Self) {
        self.combine(other, |mine, theirs| mine | theirs);
    }

    /// Keeps only the actions that are in the other set, too.
    pub fn keep(&mut self, other: &Self) {
        self.combine(other, |mine, theirs| mine & theirs);
    }

    /// Takes the actions of another set away.
    pub fn subtract(&mut self, other: &Self) {
        self.combine(other, |mine, theirs| mine & !theirs);
    }

    /// Whether some action is in both.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        let mut pairs = self.words.iter().zip(&other.words);
        pairs.any(|(mine, theirs)| mine & theirs != 0)
    }

    fn combine(&mut self, other: &Self, with: impl Fn(u64, u64) -> u64) {
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine = with(*mine, *theirs);
        }
    }

    /// How many actions are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    /// Whether none is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Its actions in order.
    pub fn iter(&self) -> impl Iterator<Item = Action> {
        self.words.iter().zip(0..).flat_map(|(word, at)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(Action {
                    id: at * BITS + bit,
                })
            })
        })
    }
}

/// In a word: the bits of numbers below this one.
fn bits_below(number: u32, word: u32) -> u64 {
    match number.saturating_sub(word * BITS) {
        0 => 0,
        some if some >= BITS => u64::MAX,
        some => (1 << some) - 1,
    }
}

impl Extend<Action> for ActionSet {
    fn extend<I: IntoIterator<Item = Action>>(&mut self, actions: I) {
        for action in actions {
            self.insert(action);
        }
    }
}

impl FromIterator<Action> for ActionSet {
    fn from_iter<I: IntoIterator<Item = Action>>(actions: I) -> Self {
        let mut set = Self::new();
        set.extend(actions);
        set
    }
}
