//! What a target is fed with.

use std::fmt;
use std::path::PathBuf;

use bolero::TypeGenerator;
use bolero::generator::*;

use crate::edit::Edit;

/// How an input is made of a corpus.
#[derive(Debug, Clone, TypeGenerator)]
pub(crate) struct Recipe {
    seed: u8,
    #[generator(produce::<Vec<Edit>>().with().len(0usize..6))]
    edits: Vec<Edit>,
}

/// An input, shown as it is fed.
#[derive(Clone)]
pub(crate) struct Input(pub(crate) String);

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// The files of a target, in the order of their names.
pub(crate) struct Corpus(Vec<String>);

impl Corpus {
    pub(crate) fn of(target: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("fuzz/corpus")
            .join(target);
        let entries = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        assert!(!paths.is_empty(), "{} is empty", folder.display());
        paths.sort();
        let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
        Self(paths.iter().map(read).collect())
    }

    /// Its files as they are.
    pub(crate) fn files(&self) -> &[String] {
        &self.0
    }

    /// One of its files, or nothing at all, with edits.
    pub(crate) fn input(&self, recipe: &Recipe) -> Input {
        let start = self.0.get(usize::from(recipe.seed) % (self.0.len() + 1));
        let start = start.cloned().unwrap_or_default();
        let edits = recipe.edits.iter();
        Input(edits.fold(start, |text, edit| edit.apply(&text)))
    }
}

/// A test that holds the law over the corpus and over so many random inputs;
/// `BOLERO_RANDOM_ITERATIONS` sets another number.
macro_rules! target {
    ($name:ident, $inputs:expr, $law:expr) => {
        #[test]
        fn $name() {
            let corpus = $crate::input::Corpus::of(stringify!($name));
            let law: fn(&str) = $law;
            corpus.files().iter().for_each(|file| law(file));
            bolero::check!()
                .with_iterations($inputs)
                .with_type::<$crate::input::Recipe>()
                .map(move |recipe| corpus.input(&recipe))
                .for_each(|input| law(&input.0));
        }
    };
}
pub(crate) use target;
