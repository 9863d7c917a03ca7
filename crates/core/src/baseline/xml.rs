//! The leaves of a small XML document, which is all that comparing two settings takes.

/// An element without elements in it: where it is, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf {
    /// The names of the elements around it and its own, without the root and without prefixes.
    pub(super) path: Vec<String>,
    /// Its text without white space at both ends.
    pub(super) text: String,
}

impl Leaf {
    /// Its own name.
    pub(super) fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }
}

/// The leaves of a document in their order. Attributes, comments and white space do not count;
/// what is not well formed gives the leaves that can be made out.
pub(super) fn leaves(document: &str) -> Vec<Leaf> {
    let mut found = Vec::new();
    let mut open: Vec<(String, bool)> = Vec::new();
    let mut text = String::new();
    for part in document.split('<').skip(1) {
        let Some((tag, behind)) = part.split_once('>') else {
            break;
        };
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            close(local(name), &text, &mut open, &mut found);
        } else {
            if let Some((_, has_elements)) = open.last_mut() {
                *has_elements = true;
            }
            open.push((local(tag).to_owned(), false));
            if tag.ends_with('/') {
                close(local(tag), "", &mut open, &mut found);
            }
        }
        text.clear();
        text.push_str(behind);
    }
    found
}

fn close(name: &str, text: &str, open: &mut Vec<(String, bool)>, found: &mut Vec<Leaf>) {
    // an end tag of something else is ignored: the document is not well formed
    if open.last().is_none_or(|(last, _)| last != name) {
        return;
    }
    let path: Vec<String> = open.iter().skip(1).map(|(name, _)| name.clone()).collect();
    let is_leaf = open.pop().is_some_and(|(_, has_elements)| !has_elements);
    // an empty root is no setting at all
    if is_leaf && !path.is_empty() {
        found.push(Leaf {
            path,
            text: text.trim().to_owned(),
        });
    }
}

/// The name in a tag, without attributes and without a namespace's prefix.
fn local(tag: &str) -> &str {
    let name = tag.split([' ', '\t', '\r', '\n', '/']).next();
    let name = name.unwrap_or_default();
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

#[cfg(test)]
mod tests {
    use super::leaves;

    #[test]
    fn leaves_are_found_and_everything_else_is_left_out() {
        let cases: [(&str, &[(&str, &str)]); 7] = [
            ("", &[]),
            ("no document", &[]),
            ("<VersioningConfiguration xmlns=\"x\"/>", &[]),
            ("<V>\n</V>", &[]),
            (
                "<?xml version=\"1.0\"?>\n<V xmlns='x'> <Status>Enabled</Status>\n</V>",
                &[("Status", "Enabled")],
            ),
            (
                "<L><Rule><ID>a</ID><Filter/><Expiration><Days> 1 </Days></Expiration></Rule></L>",
                &[
                    ("Rule/ID", "a"),
                    ("Rule/Filter", ""),
                    ("Rule/Expiration/Days", "1"),
                ],
            ),
            ("<a:L><a:B>1</a:B></wrong><C>2", &[("B", "1")]),
        ];
        for (document, expected) in cases {
            let found: Vec<(String, String)> = leaves(document)
                .into_iter()
                .map(|leaf| (leaf.path.join("/"), leaf.text))
                .collect();
            let expected: Vec<(String, String)> = expected
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect();
            assert_eq!(found, expected, "{document}");
        }
    }
}
