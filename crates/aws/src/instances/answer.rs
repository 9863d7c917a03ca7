//! From the answers of EC2 to facts.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ErrorMetadata;
use aws_smithy_xml::decode::{Document, ScopedDecoder, XmlDecodeError, try_data};
use trailkeeper_core::facts::{InstanceFacts, InstanceState};

use crate::convert::text;

/// How a whole answer ends. The decoder takes a broken document for a shorter one.
const END: &[u8] = b"</DescribeInstancesResponse>";

/// A page of DescribeInstances.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(super) instances: Vec<Instance>,
    pub(super) next_token: Option<String>,
}

/// An instance of an answer.
#[derive(Debug, Default)]
pub(super) struct Instance {
    id: Option<String>,
    state: Option<String>,
    profile: Option<Profile>,
}

#[derive(Debug, Default)]
struct Profile {
    arn: Option<String>,
}

impl Instance {
    /// The instance as a fact. A profile that is not named is an error: the instance would pass
    /// for one without.
    pub(super) fn facts(self) -> Result<InstanceFacts, String> {
        let id = text(self.id).ok_or("an instance without instanceId")?;
        let state = text(self.state).ok_or_else(|| format!("{id} without instanceState"))?;
        let profile = self.profile.map(|profile| {
            let arn = profile.arn.unwrap_or_default();
            arn.parse().map_err(|error| {
                format!("the iamInstanceProfile of {id} has no usable arn: {error}")
            })
        });
        Ok(InstanceFacts {
            profile: profile.transpose()?,
            state: InstanceState::from_name(&state),
            id,
        })
    }
}

/// The page in an answer's body.
pub(super) fn parse(body: &[u8]) -> Result<Answer, BoxError> {
    Ok(read(body)?)
}

fn read(body: &[u8]) -> Result<Answer, XmlDecodeError> {
    for token in Document::try_from(body)? {
        token?;
    }
    if !body.trim_ascii_end().ends_with(END) {
        return Err(XmlDecodeError::custom(
            "it is no whole DescribeInstancesResponse",
        ));
    }
    let mut document = Document::try_from(body)?;
    let mut root = document.root_element()?;
    let mut answer = Answer::default();
    while let Some(mut tag) = root.next_tag() {
        match tag.start_el().local() {
            "reservationSet" => reservations(&mut tag, &mut answer.instances)?,
            "nextToken" => answer.next_token = Some(data(&mut tag)?),
            _ => {}
        }
    }
    Ok(answer)
}

fn reservations(
    set: &mut ScopedDecoder<'_, '_>,
    instances: &mut Vec<Instance>,
) -> Result<(), XmlDecodeError> {
    while let Some(mut reservation) = set.next_tag() {
        while let Some(mut tag) = reservation.next_tag() {
            if tag.start_el().matches("instancesSet") {
                while let Some(mut item) = tag.next_tag() {
                    instances.push(instance(&mut item)?);
                }
            }
        }
    }
    Ok(())
}

fn instance(item: &mut ScopedDecoder<'_, '_>) -> Result<Instance, XmlDecodeError> {
    let mut instance = Instance::default();
    while let Some(mut tag) = item.next_tag() {
        match tag.start_el().local() {
            "instanceId" => instance.id = Some(data(&mut tag)?),
            "instanceState" => instance.state = child(&mut tag, "name")?,
            "iamInstanceProfile" => {
                let arn = child(&mut tag, "arn")?;
                instance.profile = Some(Profile { arn });
            }
            _ => {}
        }
    }
    Ok(instance)
}

fn child(parent: &mut ScopedDecoder<'_, '_>, name: &str) -> Result<Option<String>, XmlDecodeError> {
    let mut found = None;
    while let Some(mut tag) = parent.next_tag() {
        if tag.start_el().matches(name) {
            found = Some(data(&mut tag)?);
        }
    }
    Ok(found)
}

fn data(tag: &mut ScopedDecoder<'_, '_>) -> Result<String, XmlDecodeError> {
    try_data(tag).map(|text| text.into_owned())
}

/// The code and the text of an error answer; nothing where there is none to be read.
pub(super) fn failure(response: &HttpResponse) -> ErrorMetadata {
    let body = response.body().bytes().unwrap_or_default();
    let mut metadata = ErrorMetadata::builder();
    if let Ok(mut document) = Document::try_from(body)
        && let Some(element) = std::iter::from_fn(|| document.next_start_element())
            .find(|element| element.matches("Error"))
    {
        let mut error = document.scoped_to(element);
        while let Some(mut tag) = error.next_tag() {
            let name = tag.start_el().local().to_owned();
            metadata = match (name.as_str(), try_data(&mut tag)) {
                ("Code", Ok(code)) => metadata.code(code),
                ("Message", Ok(message)) => metadata.message(message),
                _ => metadata,
            };
        }
    }
    metadata.build()
}
