//! `trailkeeper package`: the functions as archives for CloudFormation.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use trailkeeper_aws::Buckets;
use trailkeeper_core::escape::escaped;
use trailkeeper_core::{AccountId, CallError};
use trailkeeper_package::{
    Arch, BuildError, Destination, Host, Package, PackageError, Tools, build, in_folder, read_all,
};

use crate::account::{Calls, session};
use crate::arguments::AccountArguments;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use crate::output::table::table;
use crate::repair::confirm;

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
    /// Where to upload the archives
    #[arg(long, value_name = "s3://BUCKET/PREFIX")]
    upload: Option<Destination>,
    /// The account that must own the bucket, where it is not the one of the credentials
    #[arg(long, value_name = "ACCOUNT", requires = "upload")]
    bucket_owner: Option<AccountId>,
    /// Upload without asking at the terminal
    #[arg(long, requires = "upload")]
    yes: bool,
    #[command(flatten)]
    account: AccountArguments,
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
    /// An archive did not arrive.
    #[error(
        "the upload failed; check the bucket's name, its owner and that you may write to it, and \
         run the command again, which writes the same files"
    )]
    Upload(#[source] CallError),
    /// There is no bucket to upload to in memory.
    #[error("a sandbox takes no uploads; name an AWS account or an endpoint")]
    Sandbox,
}

/// A package in its file.
struct Written {
    package: Package,
    path: PathBuf,
}

/// A bucket's answer to an archive of a few megabytes takes seconds on a slow line.
const CALLS: Calls = Calls {
    attempts: 3,
    time: Duration::from_secs(180),
};

/// Makes the archives, uploads them where that is asked for, and says what the template is to be
/// told of them.
///
/// # Errors
/// The functions cannot be built, Lambda could not start them, nobody agreed to the upload, or an
/// archive did not arrive.
pub(crate) async fn run(
    arguments: &PackageArguments,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    if arguments.account.sandbox.is_some() {
        return Err(PackagingError::Sandbox.into());
    }
    let written = make(arguments)?;
    print(&written, output)?;
    if let Some(destination) = &arguments.upload {
        upload(arguments, destination, &written, output).await?;
    }
    print_parameters(arguments, &written, output)?;
    Ok(Exit::Good)
}

/// Uploads the archives, one after the other, and names each that has arrived.
async fn upload(
    arguments: &PackageArguments,
    destination: &Destination,
    written: &[Written],
    output: &mut Output,
) -> Result<(), CommandError> {
    let (session, caller) = session(&arguments.account, CALLS).await?;
    let what = format!(
        "{} archives to s3://{}",
        written.len(),
        destination.bucket()
    );
    confirm(&caller, &what, "upload from", arguments.yes)?;
    let owner = arguments.bucket_owner.as_ref().unwrap_or(&caller.account);
    let buckets = Buckets::new(session);
    let bucket = destination.bucket();
    for Written { package, .. } in written {
        let key = destination.key(&package.file_name());
        buckets
            .upload(bucket, &key, owner, &caller.region, &package.archive)
            .await
            .map_err(PackagingError::Upload)?;
        output.line(format!("uploaded s3://{bucket}/{key}"))?;
    }
    Ok(output.line("")?)
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
