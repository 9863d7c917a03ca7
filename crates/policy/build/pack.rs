//! The compact form: a map of names to numbers, and tables of fixed records that refer to each
//! other by number. All numbers are little-endian.

use std::collections::{BTreeMap, HashMap};

use crate::read::{Row, Table, items};

/// Files to embed: name and bytes.
pub(crate) type Files = Vec<(&'static str, Vec<u8>)>;

/// Byte strings that are kept once, by number.
#[derive(Default)]
struct Pool {
    numbers: HashMap<Vec<u8>, u16>,
    items: Vec<Vec<u8>>,
}

impl Pool {
    fn number(&mut self, bytes: Vec<u8>) -> Result<u16, String> {
        if let Some(number) = self.numbers.get(&bytes) {
            return Ok(*number);
        }
        let number = u16::try_from(self.items.len())
            .map_err(|_| "more different items than 16 bits can number".to_owned())?;
        self.items.push(bytes.clone());
        self.numbers.insert(bytes, number);
        Ok(number)
    }

    fn text(&mut self, text: &str) -> Result<u16, String> {
        self.number(text.as_bytes().to_vec())
    }

    /// A list of numbers.
    fn list(&mut self, numbers: &[u16]) -> Result<u16, String> {
        self.number(numbers.iter().copied().flat_map(u16::to_le_bytes).collect())
    }

    /// Items of one length, one after another.
    fn records(&self) -> Vec<u8> {
        self.items.concat()
    }

    /// The number of items, where each begins and the last ends, and the items.
    fn table(&self) -> Result<Vec<u8>, String> {
        let mut bytes = word(self.items.len())?.to_vec();
        let mut at = 0;
        bytes.extend(word(at)?);
        for item in &self.items {
            at += item.len();
            bytes.extend(word(at)?);
        }
        bytes.extend(self.records());
        Ok(bytes)
    }
}

fn word(number: usize) -> Result<[u8; 4], String> {
    let number = u32::try_from(number).map_err(|_| "the table is too long".to_owned())?;
    Ok(number.to_le_bytes())
}

fn record(numbers: &[u16]) -> impl Iterator<Item = u8> {
    numbers.iter().copied().flat_map(u16::to_le_bytes)
}

#[derive(Default)]
struct Packer {
    strings: Pool,
    lists: Pool,
    shapes: Pool,
    cases: Pool,
    /// Resource types by service and name.
    types: BTreeMap<(String, String), u16>,
}

pub(crate) fn pack(actions: &Table<'_>, types: &Table<'_>) -> Result<Files, String> {
    let mut packer = Packer::default();
    let mut type_records = Vec::new();
    for row in &types.rows {
        let done = packer.resource_type(row, &mut type_records);
        done.map_err(|what| types.fault(row, &what))?;
    }
    let mut names = fst::MapBuilder::memory();
    let mut action_records = Vec::new();
    let mut services = Services::default();
    for (number, row) in actions.rows.iter().enumerate() {
        let fault = |what: String| actions.fault(row, &what);
        let key = row.columns[0].to_ascii_lowercase();
        let at = u32::try_from(number).map_err(|_| fault("too many actions".to_owned()))?;
        names
            .insert(&key, u64::from(at))
            .map_err(|error| fault(error.to_string()))?;
        packer.action(row, &mut action_records).map_err(fault)?;
        let done = services.see(row, at, &mut packer.strings);
        done.map_err(|what| actions.fault(row, &what))?;
    }
    let names = names.into_inner().map_err(|error| error.to_string())?;
    Ok(vec![
        ("names.fst", names),
        ("actions.bin", action_records),
        ("shapes.bin", packer.shapes.records()),
        ("cases.bin", packer.cases.table()?),
        ("services.bin", services.records),
        ("types.bin", type_records),
        ("lists.bin", packer.lists.table()?),
        ("strings.bin", packer.strings.table()?),
    ])
}

impl Packer {
    /// Name, templates (pairs of head and tail), condition keys.
    fn resource_type(&mut self, row: &Row<'_>, records: &mut Vec<u8>) -> Result<(), String> {
        let [service, name, templates, keys] = row.columns;
        let mut parts = Vec::new();
        for template in items(templates, ' ') {
            let (head, tail) = split_template(template)?;
            parts.extend([self.strings.text(head)?, self.strings.text(tail)?]);
        }
        if parts.is_empty() {
            return Err("a resource type needs an ARN".to_owned());
        }
        let number = u16::try_from(self.types.len()).map_err(|_| "too many resource types")?;
        let known = (service.to_owned(), name.to_owned());
        if self.types.insert(known, number).is_some() || number > u16::MAX >> 1 {
            return Err(format!(
                "the resource type {name} is listed twice, or there are too many"
            ));
        }
        let fields = [
            self.strings.text(name)?,
            self.lists.list(&parts)?,
            self.keys(keys)?,
        ];
        records.extend(record(&fields));
        Ok(())
    }

    fn keys(&mut self, column: &str) -> Result<u16, String> {
        let keys: Result<Vec<u16>, String> = items(column, ',')
            .map(|key| self.strings.text(key))
            .collect();
        self.lists.list(&keys?)
    }

    /// Shape (level and class, resource types, condition keys) and capital letters.
    fn action(&mut self, row: &Row<'_>, records: &mut Vec<u8>) -> Result<(), String> {
        let [action, level, types, keys] = row.columns;
        let (service, name) = action.split_once(':').ok_or("an action needs a service")?;
        if service.is_empty() || service != service.to_ascii_lowercase() || name.is_empty() {
            return Err("an action is `service:Name`, the service in small letters".to_owned());
        }
        let kinds = self.kinds(service, types)?;
        let level = level_number(level)?;
        let shape = [
            level | class_number(&kinds) << 8,
            self.lists.list(&kinds)?,
            self.keys(keys)?,
        ];
        let fields = [
            self.shapes.number(record(&shape).collect())?,
            self.cases.number(capitals(name))?,
        ];
        records.extend(record(&fields));
        Ok(())
    }

    /// The resource types of an action: the number doubled, plus one where it is required.
    fn kinds(&self, service: &str, column: &str) -> Result<Vec<u16>, String> {
        let kind = |item: &str| {
            let name = item.trim_end_matches('*');
            let known = self.types.get(&(service.to_owned(), name.to_owned()));
            let number = known.ok_or_else(|| format!("{service} has no resource type {name}"))?;
            Ok(number << 1 | u16::from(item.ends_with('*')))
        };
        items(column, ',').map(kind).collect()
    }
}

/// Where the actions of each service begin.
#[derive(Default)]
struct Services {
    last: String,
    records: Vec<u8>,
}

impl Services {
    fn see(&mut self, row: &Row<'_>, at: u32, strings: &mut Pool) -> Result<(), String> {
        let (service, _) = row.columns[0].split_once(':').unwrap_or_default();
        if service != self.last {
            service.clone_into(&mut self.last);
            self.records.extend(at.to_le_bytes());
            self.records.extend(record(&[strings.text(service)?, 0]));
        }
        Ok(())
    }
}

/// The first five parts of an ARN with their colons, and the rest.
fn split_template(template: &str) -> Result<(&str, &str), String> {
    let mut colons = template.match_indices(':').map(|(at, _)| at);
    let fifth = colons.nth(4);
    let parts = fifth.and_then(|at| template.split_at_checked(at + 1));
    parts
        .filter(|(head, _)| head.starts_with("arn:${Partition}:"))
        .ok_or_else(|| format!("{template} is not an ARN of six parts"))
}

fn level_number(level: &str) -> Result<u16, String> {
    let levels = ["list", "read", "tagging", "write", "permissions"];
    let found = levels.iter().position(|known| *known == level);
    let number = found.and_then(|at| u16::try_from(at).ok());
    number.ok_or_else(|| format!("the access level {level} is not known"))
}

/// 0: no resource type; 1: one is required; 2: one optional; 3: several optional.
fn class_number(kinds: &[u16]) -> u16 {
    match kinds {
        [] => 0,
        _ if kinds.iter().any(|kind| kind & 1 == 1) => 1,
        [_] => 2,
        _ => 3,
    }
}

/// Which letters are capitals: one bit a letter, the first letter lowest.
fn capitals(name: &str) -> Vec<u8> {
    let bit = |(at, byte): (usize, &u8)| u8::from(byte.is_ascii_uppercase()) << at;
    name.as_bytes()
        .chunks(8)
        .map(|letters| letters.iter().enumerate().map(bit).sum())
        .collect()
}
