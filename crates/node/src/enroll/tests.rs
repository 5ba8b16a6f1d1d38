use model::address::Address;
use model::ids::NetworkId;
use model::time::Timestamp;
use register::act::{Act, Body};
use register::authority::Authority;
use register::names::Names;
use register::network::NetworkKind;
use register::office::{Office, OfficeKind};
use register::signed::SignedAct;
use std::sync::Arc;
use store_sqlite::{Options, RootKey, SqliteStore};
use tempfile::TempDir;

use super::*;

const NOW: Timestamp = Timestamp::from_micros(1_795_000_000_000_000);

/// A home whose node does not run.
struct Home {
    store: Arc<SqliteStore>,
    _dir: TempDir,
}

impl Home {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = RootKey::generate().unwrap();
        let store =
            SqliteStore::create(&dir.path().join("store"), root, Options::default()).unwrap();
        init(&*store, NOW).await.unwrap();
        Self { store, _dir: dir }
    }
}

/// A network of one state and the centre, founded by one home: the registrar's.
async fn registrar() -> Home {
    let home = Home::new().await;
    let mut founders = Vec::new();
    for state in ["UZ", "INT"] {
        let names = Names::new([("ru", state)]);
        let file = init_registrar(&*home.store, &state.parse().unwrap(), names, NOW)
            .await
            .unwrap();
        let read_aloud = file.fingerprint();
        founders.push((file, read_aloud));
    }
    let plan = FoundingPlan {
        name: "Test".to_owned(),
        kind: NetworkKind::Exercise,
        quorum: 1,
        founders,
    };
    let founding = found(&*home.store, &plan, NOW).await.unwrap();
    publish(&*home.store, &founding, NOW).await.unwrap();
    let authority = Authority {
        state: "UZ".parse().unwrap(),
        code: "CUSTOMS".parse().unwrap(),
        names: Names::new([("ru", "Таможня")]),
        from: NOW,
        until: None,
        successor: None,
    };
    let office = Office {
        address: address("UZ/CUSTOMS/OYBEK"),
        kind: OfficeKind::Blo,
        names: Names::new([("ru", "ОПВ «Ойбек»")]),
        crossing: None,
        zone: "Asia/Tashkent".to_owned(),
        languages: vec!["ru".to_owned()],
        from: NOW,
        until: None,
    };
    let bodies = vec![Body::Authority(authority), Body::Office(office)];
    declare(&*home.store, bodies, NOW).await.unwrap();
    home
}

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

async fn network(home: &Home) -> NetworkId {
    register(&*home.store).await.unwrap().network()
}

fn plan(network: NetworkId, node: &str) -> RequestPlan {
    RequestPlan {
        network,
        node: node.parse().unwrap(),
        offices: vec![address("UZ/CUSTOMS/OYBEK")],
        roles: Vec::new(),
        endpoints: Vec::new(),
        until: NOW.plus_seconds(86_400),
    }
}

async fn asked(home: &Home, registrar: &Home, node: &str) -> RequestFile {
    request(&*home.store, &plan(network(registrar).await, node), NOW)
        .await
        .unwrap()
}

async fn invited(registrar: &Home, request: &RequestFile) -> InvitationFile {
    invite(
        &*registrar.store,
        request,
        request.fingerprint(),
        Conflict::default(),
        NOW,
    )
    .await
    .unwrap()
}

#[tokio::test]
async fn a_node_comes_into_the_network_with_its_offices_keys() {
    let (registrar, home) = (registrar().await, Home::new().await);
    let request = asked(&home, &registrar, "uz-oybek").await;

    let carried = RequestFile::from_bytes(&request.to_bytes()).unwrap();
    let invitation = invited(&registrar, &carried).await;
    let carried = InvitationFile::from_bytes(&invitation.to_bytes()).unwrap();
    let adopted = accept(&*home.store, &carried, invitation.fingerprint(), NOW)
        .await
        .unwrap();

    assert_eq!((adopted.applied, adopted.known), (6, 0));
    let ours = register(&*home.store).await.unwrap();
    let theirs = register(&*registrar.store).await.unwrap();
    let office = address("UZ/CUSTOMS/OYBEK");
    assert_eq!(ours.checkpoint(), theirs.checkpoint());
    assert_eq!(ours.node_of(&office).unwrap().as_str(), "uz-oybek");
    assert!(ours.sealing_key(&office, NOW).is_some());
}

#[tokio::test]
async fn a_file_that_was_exchanged_on_the_way_is_found() {
    let (registrar, home, thief) = (registrar().await, Home::new().await, Home::new().await);
    let request = asked(&home, &registrar, "uz-oybek").await;
    let other = asked(&thief, &registrar, "uz-oybek").await;

    let refused = invite(
        &*registrar.store,
        &other,
        request.fingerprint(),
        Conflict::default(),
        NOW,
    )
    .await;
    assert!(matches!(refused, Err(EnrollError::Fingerprint { .. })));

    let invitation = invited(&registrar, &request).await;
    let refused = accept(&*home.store, &invitation, request.fingerprint(), NOW).await;
    assert!(matches!(refused, Err(EnrollError::Fingerprint { .. })));
    assert!(matches!(
        register(&*home.store).await,
        Err(EnrollError::NoNetwork)
    ));
}

#[tokio::test]
async fn only_what_a_node_says_of_itself_is_invited() {
    let (registrar, home) = (registrar().await, Home::new().await);
    let mut request = asked(&home, &registrar, "uz-oybek").await;
    let authority = Authority {
        state: "UZ".parse().unwrap(),
        code: "MINE".parse().unwrap(),
        names: Names::new([("ru", "Наш")]),
        from: NOW,
        until: None,
        successor: None,
    };
    let act = SignedAct::unsigned(Act::new(NOW, Body::Authority(authority))).unwrap();
    request.acts.insert(0, act);

    let refused = invite(
        &*registrar.store,
        &request,
        request.fingerprint(),
        Conflict::default(),
        NOW,
    )
    .await;

    assert!(matches!(refused, Err(EnrollError::ForeignAct { .. })));
}

#[tokio::test]
async fn an_office_moves_and_a_node_gets_new_keys_only_if_the_registrar_says_so() {
    let (registrar, home) = (registrar().await, Home::new().await);
    let request = asked(&home, &registrar, "uz-oybek").await;
    invited(&registrar, &request).await;
    let next = Home::new().await;
    let moved = asked(&next, &registrar, "uz-other").await;
    let replaced = asked(&next, &registrar, "uz-oybek").await;
    let attempt = async |request: &RequestFile, allowed| {
        invite(
            &*registrar.store,
            request,
            request.fingerprint(),
            allowed,
            NOW.plus_seconds(1),
        )
        .await
        .map(|invitation| invitation.network())
    };

    let none = Conflict::default();
    assert!(matches!(
        attempt(&moved, none).await,
        Err(EnrollError::Hosted { .. })
    ));
    assert!(matches!(
        attempt(&replaced, none).await,
        Err(EnrollError::NodeKnown { .. })
    ));
    let new_keys = Conflict {
        replaces: true,
        ..none
    };
    assert!(attempt(&replaced, new_keys).await.is_ok());
}

#[tokio::test]
async fn an_invitation_to_an_earlier_request_is_refused() {
    let (registrar, home) = (registrar().await, Home::new().await);
    let first = asked(&home, &registrar, "uz-oybek").await;
    let invitation = invited(&registrar, &first).await;
    let later = plan(network(&registrar).await, "uz-oybek");
    request(&*home.store, &later, NOW.plus_seconds(60))
        .await
        .unwrap();

    let refused = accept(&*home.store, &invitation, invitation.fingerprint(), NOW).await;

    assert!(matches!(refused, Err(EnrollError::NotIn { .. })));
}

#[tokio::test]
async fn who_has_not_asked_cannot_accept() {
    let (registrar, home) = (registrar().await, Home::new().await);
    let request = asked(&home, &registrar, "uz-oybek").await;
    let invitation = invited(&registrar, &request).await;
    let stranger = Home::new().await;

    let refused = accept(&*stranger.store, &invitation, invitation.fingerprint(), NOW).await;
    assert!(matches!(refused, Err(EnrollError::NoRequest)));

    accept(&*home.store, &invitation, invitation.fingerprint(), NOW)
        .await
        .unwrap();
    let again = accept(&*home.store, &invitation, invitation.fingerprint(), NOW).await;
    assert!(matches!(again, Err(EnrollError::NoRequest)));
}

#[tokio::test]
async fn a_request_is_of_one_state_and_bears_its_prefix() {
    let home = Home::new().await;
    let network = NetworkId::new([1; 16]);
    let mut two = plan(network, "uz-oybek");
    two.offices.push(address("TJ/CUSTOMS/FOTEHOBOD"));
    for foreign in [two, plan(network, "tj-fotehobod")] {
        let refused = request(&*home.store, &foreign, NOW).await;
        assert!(matches!(refused, Err(EnrollError::ForeignOffice { .. })));
    }
}

#[tokio::test]
async fn a_request_again_keeps_the_offices_keys() {
    let home = Home::new().await;
    let plan = plan(NetworkId::new([1; 16]), "uz-oybek");

    let first = request(&*home.store, &plan, NOW).await.unwrap();
    let again = request(&*home.store, &plan, NOW).await.unwrap();

    assert_eq!(first, again);
}

#[tokio::test]
async fn a_node_without_its_state_s_register_key_invites_nobody() {
    let (registrar, home) = (registrar().await, Home::new().await);
    let request = asked(&home, &registrar, "uz-oybek").await;
    let invitation = invited(&registrar, &request).await;
    accept(&*home.store, &invitation, invitation.fingerprint(), NOW)
        .await
        .unwrap();
    let next = Home::new().await;
    let another = asked(&next, &registrar, "uz-oybek").await;

    let refused = invite(
        &*home.store,
        &another,
        another.fingerprint(),
        Conflict {
            moves: true,
            replaces: true,
        },
        NOW,
    )
    .await;

    assert!(matches!(refused, Err(EnrollError::NotRegistrar { .. })));
}
