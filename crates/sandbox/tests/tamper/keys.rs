use serde_json::{Value, json};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::{KeySeed, KeyState};

use crate::{all_refused, all_well, told, world};

const OWN_MATERIAL: &str = "1a2b3c4d-1111-4222-8333-0123456789ab";
const IMPORTED: &str = "2a2b3c4d-1111-4222-8333-0123456789ab";
const IN_STORE: &str = "3a2b3c4d-1111-4222-8333-0123456789ab";
const GOING: &str = "4a2b3c4d-1111-4222-8333-0123456789ab";
const STORE: &str = "cks-1234567890abcdef0";

fn account() -> Sandbox {
    let mut world = world();
    let seed = |id: &str| KeySeed {
        id: id.to_owned(),
        ..KeySeed::default()
    };
    let keys = [
        seed(OWN_MATERIAL),
        KeySeed {
            external_origin: true,
            ..seed(IMPORTED)
        },
        KeySeed {
            custom_key_store: Some(STORE.to_owned()),
            ..seed(IN_STORE)
        },
        KeySeed {
            external_origin: true,
            state: KeyState::PendingDeletion,
            ..seed(GOING)
        },
    ];
    for key in keys {
        world.seed_key(key);
    }
    Sandbox::new(world)
}

fn key(id: &str) -> Value {
    json!({"KeyId": id})
}

async fn state(sandbox: &Sandbox, id: &str) -> (String, String) {
    let metadata = told(sandbox, "kms", "DescribeKey", key(id), "/KeyMetadata").await;
    let text = |name: &str| metadata[name].as_str().unwrap().to_owned();
    (text("KeyState"), text("Origin"))
}

#[tokio::test]
async fn a_key_is_lost_with_its_material_or_its_store_and_comes_back_with_them() {
    let store = || json!({"CustomKeyStoreId": STORE});
    let material =
        json!({"KeyId": IMPORTED, "ImportToken": "YQ==", "EncryptedKeyMaterial": "YQ=="});
    let import = ("ImportKeyMaterial", material);
    let connect = ("ConnectCustomKeyStore", store());
    let enable = ("EnableKey", key(IN_STORE));
    let disable = ("DisableKey", key(IN_STORE));
    let disconnect = ("DisconnectCustomKeyStore", store());
    let delete = ("DeleteImportedKeyMaterial", key(IMPORTED));
    // what is called, and the key's state afterwards
    let steps = [
        (delete.clone(), IMPORTED, "PendingImport", "EXTERNAL"),
        (delete, IMPORTED, "PendingImport", "EXTERNAL"),
        (import, IMPORTED, "Enabled", "EXTERNAL"),
        (disconnect.clone(), IN_STORE, "Unavailable", "AWS_CLOUDHSM"),
        (enable, IN_STORE, "Unavailable", "AWS_CLOUDHSM"),
        (disable, IN_STORE, "Unavailable", "AWS_CLOUDHSM"),
        (disconnect, IN_STORE, "Unavailable", "AWS_CLOUDHSM"),
        (connect, IN_STORE, "Disabled", "AWS_CLOUDHSM"),
    ];
    let sandbox = account();
    for (call, id, wanted, origin) in steps {
        all_well(&sandbox, "kms", std::slice::from_ref(&call)).await;
        let found = state(&sandbox, id).await;
        assert_eq!(found, (wanted.to_owned(), origin.to_owned()), "{call:?}");
    }
    all_well(&sandbox, "kms", &[("EnableKeyRotation", key(OWN_MATERIAL))]).await;
    let rotation = "GetKeyRotationStatus";
    let on = told(
        &sandbox,
        "kms",
        rotation,
        key(OWN_MATERIAL),
        "/KeyRotationEnabled",
    )
    .await;
    all_well(
        &sandbox,
        "kms",
        &[("DisableKeyRotation", key(OWN_MATERIAL))],
    )
    .await;
    let off = told(
        &sandbox,
        "kms",
        rotation,
        key(OWN_MATERIAL),
        "/KeyRotationEnabled",
    )
    .await;
    assert_eq!((on, off), (json!(true), json!(false)));
    let at = "/CustomKeyStores/0/ConnectionState";
    let connection = told(&sandbox, "kms", "DescribeCustomKeyStores", json!({}), at).await;
    assert_eq!(connection, json!("CONNECTED"));
}

#[tokio::test]
async fn what_kms_refuses() {
    let unsupported = "UnsupportedOperationException";
    let invalid = "KMSInvalidStateException";
    let no_store = "CustomKeyStoreNotFoundException";
    let material =
        |id: &str| json!({"KeyId": id, "ImportToken": "YQ==", "EncryptedKeyMaterial": "YQ=="});
    let store = |id: &str| json!({"CustomKeyStoreId": id});
    let cases = [
        ("DeleteImportedKeyMaterial", key(OWN_MATERIAL), unsupported),
        (
            "DeleteImportedKeyMaterial",
            key("alias/x"),
            "NotFoundException",
        ),
        ("ImportKeyMaterial", material(OWN_MATERIAL), unsupported),
        ("ImportKeyMaterial", material(GOING), invalid),
        ("ImportKeyMaterial", key(IMPORTED), "ValidationException"),
        ("EnableKeyRotation", key(IMPORTED), unsupported),
        ("DisableKeyRotation", key(IN_STORE), unsupported),
        (
            "ConnectCustomKeyStore",
            store(STORE),
            "CustomKeyStoreInvalidStateException",
        ),
        ("ConnectCustomKeyStore", store("none"), no_store),
        ("DisconnectCustomKeyStore", store("none"), no_store),
        ("DescribeCustomKeyStores", store("none"), no_store),
    ];
    all_refused(&account(), "kms", &cases).await;
    let sandbox = account();
    all_well(&sandbox, "kms", &[("DisableKey", key(OWN_MATERIAL))]).await;
    let disabled = [("EnableKeyRotation", key(OWN_MATERIAL), "DisabledException")];
    all_refused(&sandbox, "kms", &disabled).await;
}
