//! New statements as text.

use super::SERVICE;

/// A statement that lets CloudTrail do one thing.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) sid: &'static str,
    pub(super) action: &'static str,
    pub(super) resources: Vec<String>,
    pub(super) conditions: Vec<Operand>,
}

/// One operator, key and value of a condition.
#[derive(Debug, Clone)]
pub(super) struct Operand {
    operator: &'static str,
    key: String,
    value: String,
}

impl Operand {
    pub(super) fn new(operator: &'static str, key: &str, value: &str) -> Self {
        Self {
            operator,
            key: key.to_owned(),
            value: value.to_owned(),
        }
    }
}

/// How new text is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    /// No white space at all.
    Compact,
    /// One element a line; what stands before a statement, and one more step.
    Lines { before: String, step: String },
}

/// JSON to be written; objects keep their order.
enum Json {
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Draft {
    /// The statement under a `Sid`.
    pub(super) fn write(&self, sid: &str, layout: &Layout) -> String {
        let text = |value: &str| Json::Text(value.to_owned());
        let principal = Json::Object(vec![("Service".to_owned(), text(SERVICE))]);
        let members = [
            ("Sid", text(sid)),
            ("Effect", text("Allow")),
            ("Principal", principal),
            ("Action", text(self.action)),
            ("Resource", self.resource()),
            ("Condition", self.condition()),
        ];
        let json = Json::Object(members.map(|(key, value)| (key.to_owned(), value)).into());
        let mut out = String::new();
        json.write(layout, 0, &mut out);
        out
    }

    fn resource(&self) -> Json {
        match self.resources.as_slice() {
            [one] => Json::Text(one.clone()),
            many => Json::List(many.iter().cloned().map(Json::Text).collect()),
        }
    }

    fn condition(&self) -> Json {
        let mut operators: Vec<(&'static str, Vec<(String, Json)>)> = Vec::new();
        for Operand {
            operator,
            key,
            value,
        } in &self.conditions
        {
            let line = (key.clone(), Json::Text(value.clone()));
            match operators.iter_mut().find(|(name, _)| name == operator) {
                Some((_, lines)) => lines.push(line),
                None => operators.push((operator, vec![line])),
            }
        }
        let object = |(name, lines): (&str, _)| (name.to_owned(), Json::Object(lines));
        Json::Object(operators.into_iter().map(object).collect())
    }
}

impl Json {
    fn write(&self, layout: &Layout, depth: usize, out: &mut String) {
        match self {
            Self::Text(text) => write_string(text, out),
            Self::List(items) => {
                block(layout, depth, ['[', ']'], items, out, |item, out| {
                    item.write(layout, depth + 1, out);
                });
            }
            Self::Object(members) => {
                block(
                    layout,
                    depth,
                    ['{', '}'],
                    members,
                    out,
                    |(key, value), out| {
                        member(key, value, layout, depth, out);
                    },
                );
            }
        }
    }
}

fn member(key: &str, value: &Json, layout: &Layout, depth: usize, out: &mut String) {
    write_string(key, out);
    out.push_str(if *layout == Layout::Compact {
        ":"
    } else {
        ": "
    });
    value.write(layout, depth + 1, out);
}

fn block<T>(
    layout: &Layout,
    depth: usize,
    [open, close]: [char; 2],
    items: &[T],
    out: &mut String,
    mut write: impl FnMut(&T, &mut String),
) {
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        layout.new_line(depth + 1, out);
        write(item, out);
    }
    layout.new_line(depth, out);
    out.push(close);
}

impl Layout {
    /// Begins a line at a depth below the statement; nothing when compact.
    pub(super) fn new_line(&self, depth: usize, out: &mut String) {
        if let Self::Lines { before, step } = self {
            out.push_str(before);
            out.extend(std::iter::repeat_n(step.as_str(), depth));
        }
    }
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\0'..='\x1F' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            other => out.push(other),
        }
    }
    out.push('"');
}
