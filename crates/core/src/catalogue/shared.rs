//! The rows that all rules have.

use super::RepairedBy::Not;
use super::{Entry, row};
use crate::finding::Code;
use crate::finding::Severity::Medium;

pub(super) const ENTRIES: &[Entry] = &[
    row(
        Code::BadParameter,
        Medium,
        Not("the rule's parameters are its owner's"),
        "A parameter of the rule cannot be understood",
        "Nothing was judged. The evidence names the parameter and, where it is near to one, the \
         parameter that was probably meant.",
    ),
    row(
        Code::CouldNotVerify,
        Medium,
        Not("grant the evaluator the call that the evidence names, or wait for the next run"),
        "A required fact could not be read",
        "There is no `unknown` in AWS Config, and a trail or an instance of which something \
         required is not known is not called COMPLIANT. The evidence names the call and the \
         service's error code. On the account it means that the rule instance-profile could not \
         list the instances, or not to the end, or that AWS Config does not record them: no \
         result of an earlier run is withdrawn then.",
    ),
];
