//! Any AWS operation by service and name, JSON in and out.
//!
//! It speaks awsJson 1.0 and 1.1, which is CloudTrail, Config, KMS, SSM, Organizations and some
//! 140 more; of the query protocol IAM, STS and SNS whole and others in part, of ec2 what has to do
//! with instances; and two REST operations besides: Lambda's Invoke and the bucket policies of S3.
//! A service with another protocol is refused by name, before anything is sent. What is known of a
//! service is one table, printed from botocore's models by `tools/service_table.py`; the shapes of
//! query and ec2, whose XML says neither what is a list nor what is a number, are in `data`,
//! printed by `tools/shape_table.py`.
//!
//! Architecture invariant: everything is decided without I/O (which request, what an answer
//! means, whether and when to try again); [`AwsCaller`] is the one loop that signs and sends.
//! The environment, the clock and chance come in as values.

mod answer;
mod caller;
mod credentials;
mod endpoint;
mod failure;
mod form;
mod invoke;
mod operation;
mod query;
mod request;
mod retry;
mod s3;
mod service;
mod shapes;
mod sign;
mod transport;
mod xml;

pub use caller::{AwsCaller, CallerSettings, Chance};
pub use endpoint::Endpoints;
pub use transport::https_connector;
