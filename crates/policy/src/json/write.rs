//! JSON as text.

/// How new text is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Layout {
    /// No white space at all.
    Compact,
    /// One element a line; what stands before a statement, and one more step.
    Lines { before: String, step: String },
}

/// JSON to be written; objects keep their order.
pub(crate) enum Json {
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Json {
    pub(crate) fn write(&self, layout: &Layout, depth: usize, out: &mut String) {
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
    pub(crate) fn new_line(&self, depth: usize, out: &mut String) {
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
