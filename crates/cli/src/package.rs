//! `trailkeeper package`: the functions as archives for CloudFormation.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use trailkeeper_package::{
    Arch, BuildError, Destination, Host, Package, PackageError, Tools, build, in_folder, read_all,
};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use crate::output::escape::escaped;
use crate::output::table::table;

/// Stands for the bucket until one is named. The template takes no capital letters, so that it
/// cannot be deployed by accident.
const NO_BUCKET: &str = "BUCKET";

#[derive(Debug, Args)]
pub(crate) struct PackageArguments {
    /// The processor architecture of the functions
    #[arg(
        long,
        default_value = Arch::X86_64.as_str(),
        value_parser = PossibleValuesParser::new(Arch::ALL.map(Arch::as_str))
            .try_map(|name| name.parse::<Arch>())
    )]
    arch: Arch,
    /// Take the built programs of this folder instead of building them in this checkout
    #[arg(long, value_name = "DIR")]
    binaries: Option<PathBuf>,
    /// Where to write the archives
    #[arg(long, value_name = "DIR", default_value = "target/zip")]
    out: PathBuf,
    /// Where the archives belong; prints the commands that copy them there
    #[arg(long, value_name = "s3://BUCKET/PREFIX")]
    upload: Option<Destination>,
}

/// Why there are no archives, or why they are not where they belong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackagingError {
    /// The functions cannot be built here.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The programs cannot be packaged.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// What was asked for is not done yet.
    #[error(
        "nothing was uploaded: this version does not write to S3 itself; run the two `aws s3 cp` \
         commands above"
    )]
    NotUploaded,
}

/// A package in its file.
struct Written {
    package: Package,
    path: PathBuf,
}

/// Makes the archives and says what the template is to be told of them.
///
/// # Errors
/// The functions cannot be built, Lambda could not start them, or an upload was asked for.
pub(crate) fn run(arguments: &PackageArguments, output: &mut Output) -> Result<Exit, CommandError> {
    let written = make(arguments)?;
    print(&written, output)?;
    print_parameters(arguments, &written, output)?;
    let Some(destination) = &arguments.upload else {
        return Ok(Exit::Good);
    };
    output.line("")?;
    for Written { package, path } in &written {
        let local = path.display().to_string();
        let command = destination.copy_command(&local, &package.file_name());
        output.line(escaped(&command))?;
    }
    Err(PackagingError::NotUploaded.into())
}

/// Nothing is written before all programs have been found good.
fn make(arguments: &PackageArguments) -> Result<Vec<Written>, PackagingError> {
    let arch = arguments.arch;
    let programs = match &arguments.binaries {
        Some(folder) => in_folder(folder),
        None => build(arch, Host::this(), &tools(arch))?,
    };
    let mut written = Vec::new();
    for package in read_all(&programs, arch)? {
        let path = package.write(&arguments.out)?;
        written.push(Written { package, path });
    }
    Ok(written)
}

/// Cargo as it was called, where cargo has called this program.
fn tools(arch: Arch) -> Tools {
    Tools {
        cargo: variable("CARGO").unwrap_or_else(|| "cargo".into()),
        rustc: variable("RUSTC").unwrap_or_else(|| "rustc".into()),
        linker: variable(arch.linker_variable()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "settings of cargo, read at the command's edge"
)]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

fn print(written: &[Written], output: &mut Output) -> std::io::Result<()> {
    let rows: Vec<[String; 5]> = written
        .iter()
        .map(|written| row(&written.package))
        .collect();
    let header = ["FUNCTION", "ARCH", "BYTES", "ZIPPED", "FILE"];
    output.lines(&table(0, header, &rows))?;
    output.line("")?;
    // in the form that `sha256sum --check` reads
    for Written { package, path } in written {
        let path = path.display().to_string();
        output.line(format!("{}  {}", package.sha256, escaped(&path)))?;
    }
    output.line("")
}

fn row(package: &Package) -> [String; 5] {
    [
        package.function.to_string(),
        package.arch.to_string(),
        package.program_size.to_string(),
        package.archive.len().to_string(),
        package.file_name(),
    ]
}

/// The parameters of the template, as `aws cloudformation deploy --parameter-overrides` takes them.
fn print_parameters(
    arguments: &PackageArguments,
    written: &[Written],
    output: &mut Output,
) -> std::io::Result<()> {
    let destination = arguments.upload.as_ref();
    let bucket = destination.map_or(NO_BUCKET, Destination::bucket);
    output.line(format!("CodeS3Bucket={bucket}"))?;
    for Written { package, .. } in written {
        let file = package.file_name();
        let key = destination.map_or_else(|| file.clone(), |place| place.key(&file));
        let parameter = package.function.key_parameter();
        output.line(format!("{parameter}={key}"))?;
    }
    output.line(format!("Architecture={}", arguments.arch))
}
