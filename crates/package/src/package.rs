//! A function's archive and what is to be known of it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use sha2::{Digest, Sha256};

use crate::archive::archive;
use crate::{Arch, ArchiveError, Function, ProgramError, check};

/// How much of the hash is in the name: enough that no two archives of a bucket share it.
const HASH_IN_NAME: usize = 16;

/// A function, ready for Lambda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Which function.
    pub function: Function,
    /// The architecture that it was built for.
    pub arch: Arch,
    /// The size of the program in bytes.
    pub program_size: usize,
    /// The zip file.
    pub archive: Vec<u8>,
    /// The SHA-256 of the zip file in hexadecimal, as `sha256sum` prints it.
    pub sha256: String,
}

/// The functions cannot be packaged.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// A program is not there, or cannot be read.
    #[error(
        "the {function} cannot be read from {path}; build the functions, or pass the folder that \
         holds them as `--binaries`"
    )]
    Read {
        /// Which program.
        function: Function,
        /// Where it was looked for.
        path: String,
        /// What stood in the way.
        source: io::Error,
    },
    /// Lambda could not start a program.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// An archive cannot be made.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// An archive cannot be kept.
    #[error("cannot write {path}; choose another folder with `--out`")]
    Write {
        /// Where to.
        path: String,
        /// What stood in the way.
        source: io::Error,
    },
}

impl Package {
    /// Checks a program and makes its archive.
    ///
    /// # Errors
    /// Lambda could not start the program, or it is too large for a zip file.
    pub fn new(function: Function, program: &[u8], arch: Arch) -> Result<Self, PackageError> {
        check(function, program, arch)?;
        let archive = archive(function, program)?;
        let mut sha256 = String::new();
        for byte in Sha256::digest(&archive) {
            // a String takes everything
            let _ok = write!(sha256, "{byte:02x}");
        }
        Ok(Self {
            function,
            arch,
            program_size: program.len(),
            archive,
            sha256,
        })
    }

    /// The archive's name. New content is a new name, so that CloudFormation sees it.
    pub fn file_name(&self) -> String {
        let hash = self.sha256.get(..HASH_IN_NAME).unwrap_or(&self.sha256);
        format!("{}-{hash}.zip", self.function)
    }

    /// Writes the archive into a folder, which is made if there is none.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, folder: &Path) -> Result<PathBuf, PackageError> {
        let path = folder.join(self.file_name());
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, &self.archive));
        match written {
            Ok(()) => Ok(path),
            Err(source) => Err(PackageError::Write {
                path: path.display().to_string(),
                source,
            }),
        }
    }
}

/// Packages programs. All of them are checked before the caller can write one.
///
/// # Errors
/// A program cannot be read, or Lambda could not start it.
pub fn read_all(
    programs: &[(Function, PathBuf)],
    arch: Arch,
) -> Result<Vec<Package>, PackageError> {
    let one = |(function, path): &(Function, PathBuf)| {
        let program = fs::read(path).map_err(|source| PackageError::Read {
            function: *function,
            path: path.display().to_string(),
            source,
        })?;
        Package::new(*function, &program, arch)
    };
    programs.iter().map(one).collect()
}
