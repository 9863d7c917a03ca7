//! The archive of one program.

use std::io::{Cursor, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use crate::Function;

/// What Lambda starts.
const ENTRY: &str = "bootstrap";

/// The archive cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the archive of the {function} cannot be made; is it larger than the 4 GB of a zip file?")]
pub struct ArchiveError {
    /// Whose archive.
    pub function: Function,
    /// What stood in the way.
    pub source: ZipError,
}

/// A zip file with the program as its one entry. Nothing of the machine, of the time or of the
/// program's own file gets into it.
pub(crate) fn archive(function: Function, program: &[u8]) -> Result<Vec<u8>, ArchiveError> {
    write(program).map_err(|source| ArchiveError { function, source })
}

fn write(program: &[u8]) -> Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::default()
        .system(System::Unix)
        .unix_permissions(0o755)
        .last_modified_time(DateTime::DEFAULT) // the first day of the format, 1980-01-01
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(ENTRY, options)?;
    writer.write_all(program)?;
    Ok(writer.finish()?.into_inner())
}
