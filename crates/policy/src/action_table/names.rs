//! Names as AWS writes them. The map holds them lower-case and in pieces, so the names of a
//! service are put together when the first of them is asked for, and kept.

use std::sync::{LazyLock, OnceLock};

use fst::Streamer;

use super::store;

struct Service {
    prefix: &'static str,
    /// The number of its first action.
    first: u32,
    names: OnceLock<Names>,
}

/// The names of a service, one after another, and where each ends.
#[derive(Default)]
struct Names {
    text: String,
    ends: Vec<usize>,
}

static SERVICES: LazyLock<Vec<Service>> = LazyLock::new(|| {
    store::services()
        .map(|(first, prefix)| Service {
            prefix,
            first,
            names: OnceLock::new(),
        })
        .collect()
});

fn service_of(action: u32) -> Option<&'static Service> {
    let behind = SERVICES.partition_point(|service| service.first <= action);
    SERVICES.get(behind.checked_sub(1)?)
}

/// The service prefix of an action.
pub(super) fn service(action: u32) -> &'static str {
    service_of(action).map_or("", |service| service.prefix)
}

/// The name of an action.
pub(super) fn name(action: u32) -> &'static str {
    service_of(action).map_or("", |service| service.name(action))
}

impl Service {
    fn name(&'static self, action: u32) -> &'static str {
        let names = self.names.get_or_init(|| self.read().unwrap_or_default());
        let at = (action - self.first) as usize;
        let from = at.checked_sub(1).and_then(|before| names.ends.get(before));
        let to = names.ends.get(at).copied().unwrap_or(0);
        names
            .text
            .get(from.copied().unwrap_or(0)..to)
            .unwrap_or_default()
    }

    fn read(&self) -> Option<Names> {
        let mut keys = store::keys_from(&format!("{}:", self.prefix))?;
        let mut names = Names::default();
        for action in store::service_range(self.prefix) {
            let (key, _) = keys.next()?;
            let (prefix, bare) = key.split_at_checked(self.prefix.len() + 1)?;
            names.text.extend(prefix.iter().copied().map(char::from));
            names
                .text
                .extend(capitalised(bare, store::capitals(action)));
            names.ends.push(names.text.len());
        }
        Some(names)
    }
}

/// The letters, those whose bit is set as capitals.
fn capitalised(letters: &[u8], bits: &[u8]) -> impl Iterator<Item = char> {
    letters.iter().enumerate().map(|(at, letter)| {
        let byte = bits.get(at / 8).copied().unwrap_or(0);
        let is_capital = byte >> (at % 8) & 1 == 1;
        char::from(if is_capital {
            letter.to_ascii_uppercase()
        } else {
            *letter
        })
    })
}
