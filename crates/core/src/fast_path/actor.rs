//! Who did it.

use std::fmt;

use serde_json::Value;

use crate::escape;

/// The most characters of each part.
const SHOWN: usize = 256;

/// Who made a call, as far as CloudTrail's record says. Absent parts are empty.
///
/// Session names, user names and user agents are chosen by the caller: shown they are escaped and
/// cut.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Actor {
    /// `userIdentity.type`: `IAMUser`, `AssumedRole`, `Root`.
    pub kind: String,
    /// Their ARN; of a service its name.
    pub arn: String,
    /// The ARN of the role whose session it is.
    pub session_issuer: String,
    /// The id of the access key.
    pub access_key_id: String,
    /// The address, or the name of the service that called on someone's behalf.
    pub source_address: String,
    /// The program, by its own account.
    pub user_agent: String,
}

impl Actor {
    /// The actor in a record of CloudTrail. What is missing or odd stays empty.
    pub fn read(detail: &Value) -> Self {
        let text = |pointer: &str| {
            let value = detail.pointer(pointer).and_then(Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        let first = |pointers: &[&str]| {
            let mut texts = pointers.iter().map(|pointer| text(pointer));
            texts.find(|text| !text.is_empty()).unwrap_or_default()
        };
        Self {
            kind: text("/userIdentity/type"),
            arn: first(&[
                "/userIdentity/arn",
                "/userIdentity/invokedBy",
                "/userIdentity/userName",
                "/userIdentity/principalId",
            ]),
            session_issuer: text("/userIdentity/sessionContext/sessionIssuer/arn"),
            access_key_id: text("/userIdentity/accessKeyId"),
            source_address: text("/sourceIPAddress"),
            user_agent: text("/userAgent"),
        }
    }

    /// The user agent, fit to be shown.
    pub fn shown_user_agent(&self) -> String {
        escape::cut(self.user_agent.trim(), SHOWN)
    }

    /// The line of [`Actor`], and the program by its own account: for those who are told. What is a
    /// repeat goes by the line alone, since a caller can name another program each time.
    pub fn whole(&self) -> String {
        match self.shown_user_agent() {
            agent if agent.is_empty() => self.to_string(),
            agent => format!("{self}, program {agent}"),
        }
    }

    /// Who it was, in few words: the ARN, else the key, else `unknown`.
    pub fn short(&self) -> String {
        let known = [&self.arn, &self.access_key_id, &self.source_address];
        let known = known.into_iter().find(|text| !text.trim().is_empty());
        known.map_or_else(
            || "unknown".to_owned(),
            |text| escape::field(text.trim(), SHOWN),
        )
    }

    /// How long the key lasts: that of a user or of the root until it is deleted, that of a
    /// session for hours.
    fn key_kind(&self) -> &'static str {
        if self.access_key_id.starts_with("AKIA") {
            " (long-term)"
        } else if self.access_key_id.starts_with("ASIA") {
            " (temporary)"
        } else {
            ""
        }
    }
}

impl fmt::Display for Actor {
    /// One line: type, ARN, session issuer, key id with `long-term` or `temporary`, source address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &str| escape::cut(text.trim(), SHOWN);
        let after = |word: &str, text: &str, end: &str| {
            let text = shown(text);
            (!text.is_empty()).then(|| format!("{word}{text}{end}"))
        };
        let who = format!("{} {}", shown(&self.kind), shown(&self.arn));
        let who = Some(who.trim().to_owned()).filter(|who| !who.is_empty());
        let parts = [
            who,
            after("session of ", &self.session_issuer, ""),
            after("key ", &self.access_key_id, self.key_kind()),
            after("from ", &self.source_address, ""),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() {
            f.write_str("unknown")
        } else {
            f.write_str(&escape::guarded(parts.join(", ")))
        }
    }
}
