//! The Lambda functions as the archives that CloudFormation deploys.
//!
//! Architecture invariants: the same program gives the same archive, byte for byte, on every
//! machine; no archive is written of a program that Amazon Linux 2023 could not start.

mod arch;
mod archive;
mod build;
mod destination;
mod function;
mod needs;
mod package;

pub use arch::Arch;
pub use archive::ArchiveError;
pub use build::{BuildError, Host, Tools, build, command, in_folder};
pub use destination::{Destination, DestinationError};
pub use function::Function;
pub use needs::{ProgramError, check};
pub use package::{Package, PackageError, read_all};
