//! The demo in words, at 80 columns.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use trailkeeper_core::escape::escaped;
use trailkeeper_core::repair::StepKind;
use trailkeeper_sandbox::CallRecord;

use super::annotation::Annotation;
use super::stage::{Run, Stage, Verdict};
use crate::error::CommandError;
use crate::output::Output;
use crate::output::table::table;
use crate::runbook::steps;

type Shown = Result<(), CommandError>;

/// Everything under a heading is set off by this.
const INDENT: u16 = 3;

pub(super) struct Show<'a> {
    output: &'a mut Output,
    /// Whether the last line is a table's, which is set off from what follows.
    after_table: bool,
}

impl<'a> Show<'a> {
    pub(super) fn new(output: &'a mut Output) -> Self {
        Self {
            output,
            after_table: false,
        }
    }

    pub(super) fn opening(&mut self, stage: &Stage) -> Shown {
        let names = stage.names();
        self.title("Trailkeeper: an audit trail is attacked, judged and repaired")?;
        self.output.line(format!(
            "\n\
             Everything happens in an account in memory; AWS is not called. It is account\n\
             {account} in {region}, at {now}. An intruder was here: the\n\
             trail {trail} is stopped, covers one Region only, and has lost its key, its\n\
             digests and its Insights. Its bucket no longer lets CloudTrail write.",
            account = names.account,
            region = names.region,
            now = stage.now(),
            trail = names.trail,
        ))?;
        Ok(())
    }

    /// The first line.
    pub(super) fn title(&mut self, text: &str) -> Shown {
        self.output.line(self.output.style.heading(text))?;
        Ok(())
    }

    pub(super) fn heading(&mut self, text: &str) -> Shown {
        self.output.line("")?;
        self.output.line(self.output.style.heading(text))?;
        self.after_table = false;
        Ok(())
    }

    /// Lines as they are, such as JSON.
    pub(super) fn verbatim(&mut self, text: &str) -> Shown {
        self.output.line("")?;
        for line in text.lines() {
            self.output.line(format!("     {}", escaped(line)))?;
        }
        self.after_table = true;
        Ok(())
    }

    /// The last line of a chapter.
    pub(super) fn end(&mut self, is_good: bool, text: &str) -> Shown {
        let style = self.output.style;
        let end = if is_good {
            style.good(text)
        } else {
            style.bad(text)
        };
        self.output.line(format!("\n{end}"))?;
        Ok(())
    }

    /// A sentence, broken where the line is full.
    pub(super) fn text(&mut self, text: &str) -> Shown {
        if std::mem::take(&mut self.after_table) {
            self.output.line("")?;
        }
        self.output
            .lines(&table(INDENT, [""], &[[text.to_owned()]]))?;
        Ok(())
    }

    pub(super) fn verdict(&mut self, verdict: &Verdict) -> Shown {
        let style = self.output.style;
        let word = if verdict.is_compliant() {
            style.good(&verdict.compliance)
        } else {
            style.bad(&verdict.compliance)
        };
        let resource = escaped(&format!(
            "{} {}",
            verdict.resource_type, verdict.resource_id
        ));
        self.output.line(format!("\n   {word}  {resource}"))?;
        let Annotation {
            opening,
            rows,
            more,
            actor,
        } = Annotation::parse(&verdict.annotation);
        if let Some(opening) = opening {
            self.text(&opening)?;
        }
        self.rows(["REASON", "FACT"], &rows)?;
        if let Some(more) = more {
            self.text(&format!(
                "and {more} more, for which an annotation of AWS Config has no room."
            ))?;
        }
        if let Some(actor) = actor {
            self.text(&format!("Done by {actor}."))?;
        }
        Ok(())
    }

    /// The steps of a run.
    pub(super) fn steps(&mut self, run: &Run) -> Shown {
        self.rows(steps::HEADER, &steps::rows(&run.0))
    }

    /// The lines `code: text` of a list of the remediator's result; nothing for an empty list.
    pub(super) fn list(&mut self, header: [&str; 2], lines: &[&str]) -> Shown {
        let rows: Vec<[String; 2]> = entries(lines)
            .map(|(code, text)| [code.to_owned(), text.to_owned()])
            .collect();
        self.rows(header, &rows)
    }

    /// The writes, each with its time and what it did as `done` has it.
    pub(super) fn writes(&mut self, writes: &[CallRecord], done: &[&str]) -> Shown {
        let rows: Vec<[String; 3]> = writes
            .iter()
            .map(|write| {
                [
                    write.at.strftime("%H:%M:%S").to_string(),
                    format!("{}:{}", write.service, write.operation),
                    effect(write, done),
                ]
            })
            .collect();
        self.rows(["TIME", "WRITE", "EFFECT"], &rows)
    }

    pub(super) fn passed(&mut self, stage: &Stage, before: Timestamp) -> Shown {
        self.heading("3. Time passes")?;
        let minutes = stage.now().duration_since(before).as_mins();
        self.text(&format!(
            "{minutes} minutes go by in the sandbox. CloudTrail delivers log files and digests \
             to {} again, which clears the error that the note speaks of.",
            stage.names().bucket
        ))
    }

    pub(super) fn cost(&mut self, stage: &Stage) -> Shown {
        self.heading("What it took")?;
        self.rows(["SERVICE", "READS", "WRITES"], &by_service(stage))?;
        self.text(&format!(
            "These are the calls of both functions and of the runbook's last step. The evaluator \
             was invoked twice, the remediator {} times. Simulated time: {}.",
            stage.invocations(),
            spoken(stage.elapsed())
        ))
    }

    pub(super) fn closing(&mut self, verdict: &Verdict, keeps_others: bool) -> Shown {
        self.text(if keeps_others {
            "The two statements of others in the bucket's policy are as they were, character for \
             character."
        } else {
            "The bucket's policy has lost statements of others; this is a fault, please report it."
        })?;
        let is_good = verdict.is_compliant();
        self.end(
            is_good,
            if is_good {
                "The account is COMPLIANT again."
            } else {
                "The account is still not COMPLIANT."
            },
        )
    }

    /// A table, if it has rows.
    pub(super) fn rows<const N: usize>(
        &mut self,
        header: [&str; N],
        rows: &[[String; N]],
    ) -> Shown {
        if !rows.is_empty() {
            self.output.line("")?;
            self.output.lines(&table(INDENT, header, rows))?;
            self.after_table = true;
        }
        Ok(())
    }
}

fn entries<'a>(lines: &[&'a str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    let lines = lines.iter();
    lines.map(|line| line.split_once(": ").unwrap_or((line, "")))
}

/// What the remediator says that a write did; of a refused one, the refusal.
fn effect(write: &CallRecord, done: &[&str]) -> String {
    if write.outcome != "ok" {
        return write.outcome.clone();
    }
    let mut kinds = StepKind::ALL.into_iter();
    let kind = kinds.find(|kind| kind.operation().name == write.operation);
    let code = kind.map_or("", StepKind::code);
    let step = entries(done).find(|(of, _)| *of == code);
    step.map_or("ok", |(_, text)| text).to_owned()
}

fn by_service(stage: &Stage) -> Vec<[String; 3]> {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for call in stage.product_calls() {
        let (reads, writes) = counts.entry(call.service).or_default();
        *reads += usize::from(!call.write);
        *writes += usize::from(call.write);
    }
    let row = |(service, (reads, writes)): (String, (usize, usize))| {
        [service, reads.to_string(), writes.to_string()]
    };
    counts.into_iter().map(row).collect()
}

fn spoken(time: SignedDuration) -> String {
    let (minutes, seconds) = (time.as_mins(), time.as_secs() % 60);
    format!("{minutes} min {seconds} s")
}
