//! The documents that were asked for: files, the JSON files of folders, standard input.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The longest document that is read. The largest of AWS's own policies has 152,297 bytes, and IAM
/// takes far less; what is longer is no policy, and must not fill the memory.
const MOST_BYTES: u64 = 1024 * 1024;

/// What stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Why a document cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DocumentError {
    /// The file or the folder cannot be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// The path.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The folder holds nothing to look at.
    #[error("{path} holds no file with the ending .json; name the files themselves")]
    Empty {
        /// The folder.
        path: String,
    },
    /// The file is too long for a policy.
    #[error("{path} has more than {MOST_BYTES} bytes, which no policy has; split it")]
    TooLong {
        /// The path.
        path: String,
    },
    /// The file is not UTF-8.
    #[error("{path} is not UTF-8; save it so")]
    NotText {
        /// The path.
        path: String,
    },
}

/// A document to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// Standard input.
    StandardInput,
    /// A file.
    File(PathBuf),
}

impl Source {
    /// The path for the reader.
    pub(super) fn name(&self) -> String {
        match self {
            Self::StandardInput => STANDARD_INPUT.to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// The text.
    ///
    /// # Errors
    /// It cannot be read, is too long or is no text.
    pub(super) fn read(&self) -> Result<String, DocumentError> {
        let path = self.name();
        let read = match self {
            Self::StandardInput => bytes(io::stdin().lock()),
            Self::File(path) => File::open(path).and_then(bytes),
        };
        let bytes = read.map_err(|source| DocumentError::Unreadable {
            path: path.clone(),
            source,
        })?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > MOST_BYTES) {
            return Err(DocumentError::TooLong { path });
        }
        let text = String::from_utf8(bytes).map_err(|_| DocumentError::NotText { path })?;
        // editors put the mark before a text, and it belongs to no document
        let marked = text.strip_prefix('\u{feff}').map(str::to_owned);
        Ok(marked.unwrap_or(text))
    }
}

fn bytes(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The sources that a path names: itself, or the JSON files below a folder in the order of their
/// paths. Links to folders are not followed: they could lead in a circle.
///
/// # Errors
/// A folder cannot be read, or holds no such file.
pub(super) fn sources(path: &Path) -> Result<Vec<Source>, DocumentError> {
    if path.as_os_str() == STANDARD_INPUT {
        return Ok(vec![Source::StandardInput]);
    }
    if !path.is_dir() {
        return Ok(vec![Source::File(path.to_owned())]);
    }
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |source| DocumentError::Unreadable {
            path: folder.display().to_string(),
            source,
        };
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let kind = entry.file_type().map_err(unreadable)?;
            let inner = entry.path();
            if kind.is_dir() {
                folders.push(inner);
            } else if inner.extension().is_some_and(|ending| ending == "json") {
                files.push(inner);
            }
        }
    }
    if files.is_empty() {
        let path = path.display().to_string();
        return Err(DocumentError::Empty { path });
    }
    files.sort();
    Ok(files.into_iter().map(Source::File).collect())
}
