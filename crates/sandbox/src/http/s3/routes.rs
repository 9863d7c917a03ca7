//! Which operation a method, an address and a subresource mean.

use super::address::Address;
use crate::http::message::Request;

/// What a request's body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// Nothing that counts.
    None,
    /// The text of a member.
    Text(&'static str),
    /// The bytes of a member.
    Blob(&'static str),
    /// An XML document with the structure of a member.
    Structure(&'static str),
}

/// What an answer's body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Nothing; the status.
    Empty(u16),
    /// The whole output in this element.
    Whole(&'static str),
    /// One member, a structure, in an element of its name.
    Member(&'static str),
    /// One member, a text, in this element.
    Element(&'static str, &'static str),
    /// One member, as it is.
    Text(&'static str),
    /// The bytes of one member.
    Blob(&'static str),
}

/// The level that an operation works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    Service,
    Account,
    Bucket,
    Object,
}

/// One operation.
#[derive(Debug)]
pub(super) struct Route {
    on: On,
    method: &'static str,
    subresource: &'static str,
    pub(super) operation: &'static str,
    pub(super) body: Body,
    pub(super) answer: Answer,
}

const fn get(subresource: &'static str, operation: &'static str, answer: Answer) -> Route {
    Route {
        on: On::Bucket,
        method: "GET",
        subresource,
        operation,
        body: Body::None,
        answer,
    }
}

const fn put(subresource: &'static str, operation: &'static str, body: Body) -> Route {
    Route {
        on: On::Bucket,
        method: "PUT",
        subresource,
        operation,
        body,
        answer: Answer::Empty(200),
    }
}

const fn delete(subresource: &'static str, operation: &'static str) -> Route {
    Route {
        on: On::Bucket,
        method: "DELETE",
        subresource,
        operation,
        body: Body::None,
        answer: Answer::Empty(204),
    }
}

const fn on(on: On, method: &'static str, operation: &'static str, answer: Answer) -> Route {
    Route {
        on,
        method,
        subresource: "",
        operation,
        body: Body::None,
        answer,
    }
}

const PUT_OBJECT: Route = Route {
    body: Body::Blob("Body"),
    ..on(On::Object, "PUT", "PutObject", Answer::Empty(200))
};
const DELETE_OBJECTS: Route = Route {
    method: "POST",
    body: Body::Structure("Delete"),
    ..get("delete", "DeleteObjects", Answer::Whole("DeleteResult"))
};

/// The account's own settings: the place of the subresource is at the path's end.
const fn of_account(route: Route) -> Route {
    Route {
        on: On::Account,
        ..route
    }
}

const ROUTES: [Route; 50] = [
    on(
        On::Service,
        "GET",
        "ListBuckets",
        Answer::Whole("ListAllMyBucketsResult"),
    ),
    on(On::Bucket, "HEAD", "HeadBucket", Answer::Empty(200)),
    get("", "ListObjects", Answer::Whole("ListBucketResult")),
    put(
        "",
        "CreateBucket",
        Body::Structure("CreateBucketConfiguration"),
    ),
    delete("", "DeleteBucket"),
    get(
        "list-type",
        "ListObjectsV2",
        Answer::Whole("ListBucketResult"),
    ),
    get(
        "versions",
        "ListObjectVersions",
        Answer::Whole("ListVersionsResult"),
    ),
    DELETE_OBJECTS,
    get("policy", "GetBucketPolicy", Answer::Text("Policy")),
    put("policy", "PutBucketPolicy", Body::Text("Policy")),
    delete("policy", "DeleteBucketPolicy"),
    get(
        "policyStatus",
        "GetBucketPolicyStatus",
        Answer::Member("PolicyStatus"),
    ),
    get(
        "location",
        "GetBucketLocation",
        Answer::Element("LocationConstraint", "LocationConstraint"),
    ),
    get(
        "versioning",
        "GetBucketVersioning",
        Answer::Whole("VersioningConfiguration"),
    ),
    put(
        "versioning",
        "PutBucketVersioning",
        Body::Structure("VersioningConfiguration"),
    ),
    get(
        "encryption",
        "GetBucketEncryption",
        Answer::Member("ServerSideEncryptionConfiguration"),
    ),
    put(
        "encryption",
        "PutBucketEncryption",
        Body::Structure("ServerSideEncryptionConfiguration"),
    ),
    delete("encryption", "DeleteBucketEncryption"),
    get(
        "lifecycle",
        "GetBucketLifecycleConfiguration",
        Answer::Whole("LifecycleConfiguration"),
    ),
    put(
        "lifecycle",
        "PutBucketLifecycleConfiguration",
        Body::Structure("LifecycleConfiguration"),
    ),
    delete("lifecycle", "DeleteBucketLifecycle"),
    get(
        "requestPayment",
        "GetBucketRequestPayment",
        Answer::Whole("RequestPaymentConfiguration"),
    ),
    put(
        "requestPayment",
        "PutBucketRequestPayment",
        Body::Structure("RequestPaymentConfiguration"),
    ),
    get(
        "publicAccessBlock",
        "GetPublicAccessBlock",
        Answer::Member("PublicAccessBlockConfiguration"),
    ),
    put(
        "publicAccessBlock",
        "PutPublicAccessBlock",
        Body::Structure("PublicAccessBlockConfiguration"),
    ),
    delete("publicAccessBlock", "DeletePublicAccessBlock"),
    of_account(get(
        "publicAccessBlock",
        "GetAccountPublicAccessBlock",
        Answer::Member("PublicAccessBlockConfiguration"),
    )),
    of_account(put(
        "publicAccessBlock",
        "PutAccountPublicAccessBlock",
        Body::Structure("PublicAccessBlockConfiguration"),
    )),
    of_account(delete(
        "publicAccessBlock",
        "DeleteAccountPublicAccessBlock",
    )),
    get("acl", "GetBucketAcl", Answer::Whole("AccessControlPolicy")),
    put(
        "acl",
        "PutBucketAcl",
        Body::Structure("AccessControlPolicy"),
    ),
    get(
        "ownershipControls",
        "GetBucketOwnershipControls",
        Answer::Member("OwnershipControls"),
    ),
    put(
        "ownershipControls",
        "PutBucketOwnershipControls",
        Body::Structure("OwnershipControls"),
    ),
    delete("ownershipControls", "DeleteBucketOwnershipControls"),
    get("tagging", "GetBucketTagging", Answer::Whole("Tagging")),
    put("tagging", "PutBucketTagging", Body::Structure("Tagging")),
    delete("tagging", "DeleteBucketTagging"),
    get(
        "logging",
        "GetBucketLogging",
        Answer::Whole("BucketLoggingStatus"),
    ),
    put(
        "logging",
        "PutBucketLogging",
        Body::Structure("BucketLoggingStatus"),
    ),
    get(
        "notification",
        "GetBucketNotificationConfiguration",
        Answer::Whole("NotificationConfiguration"),
    ),
    put(
        "notification",
        "PutBucketNotificationConfiguration",
        Body::Structure("NotificationConfiguration"),
    ),
    get(
        "replication",
        "GetBucketReplication",
        Answer::Member("ReplicationConfiguration"),
    ),
    put(
        "replication",
        "PutBucketReplication",
        Body::Structure("ReplicationConfiguration"),
    ),
    delete("replication", "DeleteBucketReplication"),
    get(
        "object-lock",
        "GetObjectLockConfiguration",
        Answer::Member("ObjectLockConfiguration"),
    ),
    put(
        "object-lock",
        "PutObjectLockConfiguration",
        Body::Structure("ObjectLockConfiguration"),
    ),
    on(On::Object, "GET", "GetObject", Answer::Blob("Body")),
    on(On::Object, "HEAD", "HeadObject", Answer::Empty(200)),
    PUT_OBJECT,
    on(On::Object, "DELETE", "DeleteObject", Answer::Empty(204)),
];

/// Parameters that refine an operation and do not choose another.
const REFINEMENTS: [&str; 14] = [
    "prefix",
    "delimiter",
    "max-keys",
    "max-buckets",
    "continuation-token",
    "start-after",
    "marker",
    "key-marker",
    "version-id-marker",
    "encoding-type",
    "fetch-owner",
    "bucket-region",
    "versionId",
    "x-id",
];

/// The operation that a request asks for; nothing for one that is not modelled.
pub(super) fn find(request: &Request, address: &Address) -> Option<&'static Route> {
    let on = match (&address.account, &address.bucket, &address.key) {
        (Some(_), ..) => On::Account,
        (None, None, _) => On::Service,
        (None, Some(_), None) => On::Bucket,
        (None, Some(_), Some(_)) => On::Object,
    };
    let refines = |name: &str| REFINEMENTS.contains(&name) || name.starts_with("X-Amz-");
    let mut chosen = request.query.iter().map(|(name, _)| name.as_str());
    let subresource = chosen.find(|name| !refines(name)).unwrap_or_default();
    let subresource = address.account.as_deref().unwrap_or(subresource);
    ROUTES.iter().find(|route| {
        route.on == on && route.method == request.method && route.subresource == subresource
    })
}

/// How an operation answers.
pub(super) fn answer_of(operation: &str) -> Answer {
    let route = ROUTES.iter().find(|route| route.operation == operation);
    route.map_or(Answer::Empty(200), |route| route.answer)
}

/// What the body of a request for an operation is.
pub(super) fn body_of(operation: &str) -> Body {
    let route = ROUTES.iter().find(|route| route.operation == operation);
    route.map_or(Body::None, |route| route.body)
}
