//! The embedded bytes and how they are read. The build script has written them; a read outside of
//! them finds nothing.

use std::ops::Range;
use std::sync::LazyLock;

use fst::raw::{Fst, Output};

macro_rules! embedded {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name))
    };
}

/// The day of the data.
pub(super) const DATE: &str = include_str!(concat!(env!("OUT_DIR"), "/date.txt"));

const NAMES: &[u8] = embedded!("names.fst");
const ACTIONS: &[u8] = embedded!("actions.bin");
const SHAPES: &[u8] = embedded!("shapes.bin");
const SERVICES: &[u8] = embedded!("services.bin");
const TYPES: &[u8] = embedded!("types.bin");
const CASES: Items = Items(embedded!("cases.bin"));
const LISTS: Items = Items(embedded!("lists.bin"));
const STRINGS: Items = Items(embedded!("strings.bin"));

const ACTION_SIZE: usize = 4;
const SHAPE_SIZE: usize = 6;
const SERVICE_SIZE: usize = 8;
const TYPE_SIZE: usize = 6;

/// The names, lower-case, to numbers; only the header is read here.
static FST: LazyLock<Option<Fst<&'static [u8]>>> = LazyLock::new(|| Fst::new(NAMES).ok());

fn short(bytes: &[u8], at: usize) -> u16 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.copied().map_or(0, u16::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> u32 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.copied().map_or(0, u32::from_le_bytes)
}

/// Items of different lengths: their number, where each begins and the last ends, and the items.
#[derive(Clone, Copy)]
struct Items(&'static [u8]);

impl Items {
    fn get(self, number: u16) -> &'static [u8] {
        let at = 4 + 4 * usize::from(number);
        let data = 8 + 4 * long(self.0, 0) as usize;
        let (from, to) = (long(self.0, at) as usize, long(self.0, at + 4) as usize);
        self.0.get(data + from..data + to).unwrap_or_default()
    }
}

/// How many actions there are.
pub(super) fn action_count() -> u32 {
    u32::try_from(ACTIONS.len() / ACTION_SIZE).unwrap_or(u32::MAX)
}

/// What several actions have in common.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) level: u8,
    pub(super) class: u8,
    /// The list of its resource types.
    pub(super) types: u16,
    /// The list of its condition keys.
    pub(super) keys: u16,
}

pub(super) fn shape(action: u32) -> Shape {
    let at = SHAPE_SIZE * usize::from(short(ACTIONS, ACTION_SIZE * action as usize));
    let [level, class] = short(SHAPES, at).to_le_bytes();
    Shape {
        level,
        class,
        types: short(SHAPES, at + 2),
        keys: short(SHAPES, at + 4),
    }
}

/// A resource type: its name, the list of its templates, the list of its condition keys.
pub(super) fn resource_type(number: u16) -> (u16, u16, u16) {
    let at = TYPE_SIZE * usize::from(number);
    (short(TYPES, at), short(TYPES, at + 2), short(TYPES, at + 4))
}

/// A list of numbers.
pub(super) fn list(number: u16) -> impl Iterator<Item = u16> {
    let (pairs, _) = LISTS.get(number).as_chunks();
    pairs.iter().copied().map(u16::from_le_bytes)
}

/// A list of pairs of numbers.
pub(super) fn pairs(number: u16) -> impl Iterator<Item = (u16, u16)> {
    let (pairs, _) = LISTS.get(number).as_chunks();
    pairs
        .iter()
        .map(|[a, b, c, d]| (u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d])))
}

pub(super) fn string(number: u16) -> &'static str {
    std::str::from_utf8(STRINGS.get(number)).unwrap_or_default()
}

pub(super) fn strings(list_number: u16) -> impl Iterator<Item = &'static str> {
    list(list_number).map(string)
}

/// The number of the first action of each service, and its prefix.
pub(super) fn services() -> impl Iterator<Item = (u32, &'static str)> {
    let (records, _) = SERVICES.as_chunks::<SERVICE_SIZE>();
    let read = |record: &[u8; SERVICE_SIZE]| (long(record, 0), string(short(record, 4)));
    records.iter().map(read)
}

pub(super) fn service_range(service: &str) -> Range<u32> {
    prefix_range(service.bytes().chain([b':']))
}

/// Which letters of a name, after the colon, are capitals: one bit each, the first lowest.
pub(super) fn capitals(action: u32) -> &'static [u8] {
    CASES.get(short(ACTIONS, ACTION_SIZE * action as usize + 2))
}

/// The number of the action with this name.
pub(super) fn find(name: &str) -> Option<u32> {
    let names = FST.as_ref()?;
    let mut node = names.root();
    let mut number = Output::zero();
    for byte in name.bytes() {
        let transition = node.transition(node.find_input(byte.to_ascii_lowercase())?);
        number = number.cat(transition.out);
        node = names.node(transition.addr);
    }
    node.is_final()
        .then(|| number.cat(node.final_output()))
        .and_then(|number| u32::try_from(number.value()).ok())
}

/// The numbers of the actions whose names begin so.
///
/// The numbers count the names in order, so what is summed up on the way to a node is the number
/// of the first name behind it, and the next branch to the right begins where they end.
pub(super) fn prefix_range(prefix: impl IntoIterator<Item = u8>) -> Range<u32> {
    let Some(names) = FST.as_ref() else {
        return 0..0;
    };
    let mut node = names.root();
    let mut first = Output::zero();
    let mut end = u64::from(action_count());
    for byte in prefix {
        let Some(at) = node.find_input(byte.to_ascii_lowercase()) else {
            return 0..0;
        };
        if at + 1 < node.len() {
            end = first.cat(node.transition(at + 1).out).value();
        }
        let transition = node.transition(at);
        first = first.cat(transition.out);
        node = names.node(transition.addr);
    }
    let number = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    number(first.value())..number(end)
}

/// Walks over the lower-case names in order.
pub(super) fn keys_from(start: &str) -> Option<fst::raw::Stream<'static>> {
    let names = FST.as_ref()?;
    Some(fst::IntoStreamer::into_stream(names.range().ge(start)))
}
