//! An annotation of AWS Config, taken apart to be shown as a table.

/// What an annotation says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Annotation<'a> {
    /// What stands before the first code.
    pub(super) opening: Option<String>,
    /// Code and fact of each finding. What follows a semicolon without a code of its own belongs
    /// to the fact before.
    pub(super) rows: Vec<[String; 2]>,
    /// How many findings did not fit.
    pub(super) more: Option<&'a str>,
    /// Who did it.
    pub(super) actor: Option<&'a str>,
}

impl<'a> Annotation<'a> {
    pub(super) fn parse(text: &'a str) -> Self {
        let (text, actor) = match text.rsplit_once("; by ") {
            Some((text, actor)) => (text, Some(actor)),
            None => (text, None),
        };
        let cut = text.strip_suffix(" more)");
        let (fitting, more) = match cut.and_then(|text| text.rsplit_once(" (+")) {
            Some((fitting, more)) => (fitting, Some(more)),
            None => (text, None),
        };
        let mut annotation = Self {
            more,
            actor,
            ..Self::default()
        };
        for part in fitting.split("; ") {
            annotation.take(part);
        }
        annotation
    }

    fn take(&mut self, part: &str) {
        match part.split_once(": ").filter(|(code, _)| is_code(code)) {
            Some((code, fact)) => self.rows.push([code.to_owned(), fact.to_owned()]),
            None => match (self.rows.last_mut(), &mut self.opening) {
                (Some([_, text]), _) | (None, Some(text)) => *text = format!("{text}; {part}"),
                (None, opening) => *opening = Some(part.to_owned()),
            },
        }
    }
}

fn is_code(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_lowercase() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::Annotation;

    #[test]
    fn nothing_of_an_annotation_is_lost() {
        type Case<'a> = (
            &'a str,
            Option<&'a str>,
            &'a [[&'a str; 2]],
            Option<&'a str>,
            Option<&'a str>,
        );
        let cases: [Case; 5] = [
            ("org-audit logs", Some("org-audit logs"), &[], None, None),
            (
                "org-audit logs; logging-gap: from 1; to 2",
                Some("org-audit logs"),
                &[["logging-gap", "from 1; to 2"]],
                None,
                None,
            ),
            (
                "a: one; b-c: two (+5 more); by arn:aws:iam::1:user/m",
                None,
                &[["a", "one"], ["b-c", "two"]],
                Some("5"),
                Some("arn:aws:iam::1:user/m"),
            ),
            ("a: one (+1 more)", None, &[["a", "one"]], Some("1"), None),
            ("a: one; by m", None, &[["a", "one"]], None, Some("m")),
        ];
        for (text, opening, rows, more, actor) in cases {
            let rows = rows.iter().map(|row| row.map(str::to_owned)).collect();
            let opening = opening.map(str::to_owned);
            let wanted = Annotation {
                opening,
                rows,
                more,
                actor,
            };
            assert_eq!(Annotation::parse(text), wanted, "{text}");
        }
    }
}
