//! XML as far as answers need it: elements, their texts, no attributes.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// No answer is nested so deeply.
const DEEPEST: usize = 100;

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    /// Without its namespace prefix.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The root of a document; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(text);
        // The one at the bottom is the document itself.
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(_) if open.len() > DEEPEST => {
                    return Err("its elements are nested too deeply".to_owned());
                }
                Event::Start(start) => open.push(Self::named(&start)),
                Event::Empty(start) => Self::close(&mut open, Self::named(&start)),
                Event::End(_) => {
                    if let Some(done) = open.pop() {
                        Self::close(&mut open, done);
                    }
                }
                Event::Text(text) => {
                    let text = text.decode().map_err(|error| error.to_string())?;
                    Self::add(&mut open, &text);
                }
                Event::CData(data) => {
                    let text = data.decode().map_err(|error| error.to_string())?;
                    Self::add(&mut open, &text);
                }
                Event::GeneralRef(reference) => Self::add(&mut open, &referred(&reference)?),
                Event::Eof => break,
                Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) => (),
            }
        }
        let root = open.pop().filter(|_| open.is_empty());
        root.and_then(|document| document.children.into_iter().next())
            .ok_or_else(|| "it has no whole root element".to_owned())
    }

    fn named(start: &BytesStart<'_>) -> Self {
        let name = start.local_name();
        Self {
            name: String::from_utf8_lossy(name.as_ref()).into_owned(),
            ..Self::default()
        }
    }

    fn close(open: &mut [Self], done: Self) {
        if let Some(parent) = open.last_mut() {
            parent.children.push(done);
        }
    }

    fn add(open: &mut [Self], text: &str) {
        if let Some(inner) = open.last_mut() {
            inner.text.push_str(text);
        }
    }

    /// The first child of a name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }
}

fn referred(reference: &BytesRef<'_>) -> Result<String, String> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Ok(character.to_string());
    }
    let name = reference.decode().map_err(|error| error.to_string())?;
    let text = resolve_predefined_entity(&name);
    text.map(str::to_owned)
        .ok_or_else(|| format!("it refers to &{name};"))
}
