//! Whether Amazon Linux 2023 can start a program.

use std::cmp::Reverse;

use object::Endianness;
use object::elf::{self, FileHeader64, VersionIndex};
use object::read::elf::{FileHeader, ProgramHeader, SectionTable, Sym};

use crate::{Arch, Function};

/// The glibc of Amazon Linux 2023, which never gets a newer one.
const GLIBC: &[u32] = &[2, 34];

/// What begins the name of a version of glibc's symbols.
const PREFIX: &str = "GLIBC_";

type Header = FileHeader64<Endianness>;

/// A program that cannot become a function.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// Another kind of file, or a damaged one.
    #[error("the {function} is no 64-bit ELF program that can be read; build it for Linux")]
    NotElf {
        /// Which program.
        function: Function,
        /// What is wrong with it.
        source: object::read::Error,
    },
    /// It was built for another processor.
    #[error(
        "the {function} was built for {seen} and not for {wanted}; build it for {target}, or pass \
         the `--arch` it was built for",
        target = wanted.target()
    )]
    Machine {
        /// Which program.
        function: Function,
        /// The architecture that it was to have.
        wanted: Arch,
        /// What it has.
        seen: String,
    },
    /// It needs the dynamic linker, but not what for can be read.
    #[error(
        "the {function} has lost its section table, so that the glibc it needs cannot be read; \
         strip its symbols only"
    )]
    NoSections {
        /// Which program.
        function: Function,
    },
    /// It needs a glibc that Amazon Linux 2023 does not have.
    #[error(
        "the {function} needs {what} from {library}, and Amazon Linux 2023 has glibc 2.34; build \
         it on a Linux with glibc 2.34 or older, or with cargo-lambda, and pass `--binaries`"
    )]
    Glibc {
        /// Which program.
        function: Function,
        /// The symbol and its version.
        what: String,
        /// The library that is to have it.
        library: String,
    },
}

/// Checks that Lambda's `provided.al2023` can start a program on an architecture.
///
/// # Errors
/// It cannot, or what the program needs cannot be read.
pub fn check(function: Function, program: &[u8], arch: Arch) -> Result<(), ProgramError> {
    let not_elf = |source| ProgramError::NotElf { function, source };
    let header = Header::parse(program).map_err(not_elf)?;
    let endian = header.endian().map_err(not_elf)?;
    check_machine(function, header.e_machine(endian), arch)?;
    let sections = header.sections(endian, program).map_err(not_elf)?;
    if sections.is_empty() {
        let segments = header.program_headers(endian, program).map_err(not_elf)?;
        let mut kinds = segments.iter().map(|segment| segment.p_type(endian));
        return match kinds.any(|kind| kind == elf::PT_DYNAMIC) {
            true => Err(ProgramError::NoSections { function }),
            false => Ok(()),
        };
    }
    let file = File {
        endian,
        program,
        sections,
    };
    match file.newest_refused().map_err(not_elf)? {
        Some(need) => Err(file.refusal(function, need).map_err(not_elf)?),
        None => Ok(()),
    }
}

fn check_machine(
    function: Function,
    machine: elf::Machine,
    wanted: Arch,
) -> Result<(), ProgramError> {
    match Arch::of_machine(machine) {
        Some(seen) if seen == wanted => Ok(()),
        seen => Err(ProgramError::Machine {
            function,
            wanted,
            seen: seen.map_or_else(
                || format!("ELF machine {}", machine.0),
                |seen| seen.to_string(),
            ),
        }),
    }
}

struct File<'data> {
    endian: Endianness,
    program: &'data [u8],
    sections: SectionTable<'data, Header>,
}

/// A version of symbols that a program needs of a library.
struct Need {
    index: VersionIndex,
    version: String,
    library: String,
}

impl File<'_> {
    /// The newest version that Amazon Linux 2023 does not have.
    fn newest_refused(&self) -> object::read::Result<Option<Need>> {
        let mut refused = Vec::new();
        let Some((mut libraries, link)) = self.sections.gnu_verneed(self.endian, self.program)?
        else {
            return Ok(None);
        };
        let strings = self.sections.strings(self.endian, self.program, link)?;
        while let Some((library, mut versions)) = libraries.next()? {
            while let Some(version) = versions.next()? {
                // the dynamic linker starts a program without what it needs only weakly
                let is_weak = version
                    .vna_flags
                    .get(self.endian)
                    .contains(elf::VER_FLG_WEAK);
                let name = text(version.name(self.endian, strings)?);
                if !is_weak && is_too_new(&name) {
                    refused.push(Need {
                        index: version.vna_other(self.endian).index(),
                        library: text(library.file(self.endian, strings)?),
                        version: name,
                    });
                }
            }
        }
        refused.sort_by_key(|need| Reverse(numbers(&need.version)));
        Ok(refused.into_iter().next())
    }

    fn refusal(&self, function: Function, need: Need) -> object::read::Result<ProgramError> {
        let version = need.version;
        let what = match self.symbol_of(need.index)? {
            Some(symbol) => format!("the symbol {symbol} of version {version}"),
            None => format!("the version {version}"),
        };
        Ok(ProgramError::Glibc {
            function,
            what,
            library: need.library,
        })
    }

    /// The first symbol of a version. A version can also stand for something else than symbols.
    fn symbol_of(&self, version: VersionIndex) -> object::read::Result<Option<String>> {
        let symbols = self
            .sections
            .symbols(self.endian, self.program, elf::SHT_DYNSYM)?;
        let Some(versions) = self.sections.versions(self.endian, self.program)? else {
            return Ok(None);
        };
        for (index, symbol) in symbols.enumerate() {
            if versions.version_index(self.endian, index).index() == version {
                return Ok(Some(text(symbol.name(self.endian, symbols.strings())?)));
            }
        }
        Ok(None)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// glibc names a feature that an older dynamic linker does not know like a version: without
/// numbers, it is taken for one that Amazon Linux 2023 lacks.
fn is_too_new(version: &str) -> bool {
    version.starts_with(PREFIX) && numbers(version).is_none_or(|numbers| numbers.as_slice() > GLIBC)
}

fn numbers(version: &str) -> Option<Vec<u32>> {
    let numbers = version.strip_prefix(PREFIX)?.split('.');
    numbers.map(|number| number.parse().ok()).collect()
}
