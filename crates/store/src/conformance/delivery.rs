use model::delivery::DeliveryState::{
    Accepted, Delivered, Expired, Held, Queued, Refused, Relayed,
};
use model::lane::Lane;

use super::Open;
use super::sample::{
    DUSHANBE, FOTEHOBOD, OYBEK, add, at, custody, delivery, id, move_to, node, out, relay, write,
};
use crate::dispatch::SeqRange;
use crate::{Change, Store};

pub async fn the_outbox_goes_by_lane_then_age(open: Open<'_>) {
    let store = open();
    for (number, lane) in [
        (1, Lane::Routine),
        (2, Lane::Bulk),
        (3, Lane::Routine),
        (4, Lane::Flash),
    ] {
        let mut row = out(number);
        row.line.lane = lane;
        let to = Change::AddDelivery(delivery(number, FOTEHOBOD, "tj-fotehobod", number));
        write(&*store, vec![add(row), to]).await.unwrap();
    }
    let mut held = relay(5);
    held.line.lane = Lane::Priority;
    held.line.origin = node("kg-dostuk");
    let held = vec![
        add(held),
        Change::AddCustody(custody(5, "tj-fotehobod", "kg-dostuk")),
    ];
    write(&*store, held).await.unwrap();

    assert_eq!(waiting(&*store).await, [4, 5, 1, 3, 2].map(id));
    let first = store.outbox(&node("tj-fotehobod"), 2).await.unwrap();
    assert_eq!(first.len(), 2);
    let [own, held] = first.as_slice() else {
        unreachable!()
    };
    assert_eq!(
        (own.origin.as_str(), own.seq, own.lane, own.custody),
        ("uz-oybek", 4, Lane::Flash, false)
    );
    assert_eq!((own.size, own.expires), (700, at(2_592_000)));
    assert_eq!(
        (held.origin.as_str(), held.seq, held.custody, held.relayed),
        ("kg-dostuk", 5, true, false)
    );
    assert_eq!(store.outbox(&node("nobody"), 9).await.unwrap(), []);

    let moves = [Queued, Relayed];
    write(&*store, vec![move_to(4, FOTEHOBOD, &moves, Delivered)])
        .await
        .unwrap();
    write(&*store, vec![move_to(3, FOTEHOBOD, &moves, Held)])
        .await
        .unwrap();
    assert_eq!(waiting(&*store).await, [5, 1, 2].map(id));
}

pub async fn one_outbox_item_for_all_offices_of_a_node(open: Open<'_>) {
    let store = open();
    let to = |office, by| Change::AddDelivery(delivery(1, office, by, 8));
    let changes = vec![
        add(out(1)),
        to(FOTEHOBOD, "tj-fotehobod"),
        to(DUSHANBE, "tj-fotehobod"),
        to(OYBEK, "uz-oybek"),
        to(FOTEHOBOD, "tj-fotehobod"),
    ];
    write(&*store, changes).await.unwrap();
    assert_eq!(store.deliveries(id(1)).await.unwrap().len(), 3);

    let relayed = |office| move_to(1, office, &[Queued], Relayed);
    assert_eq!(waiting(&*store).await, [id(1)]);
    write(&*store, vec![relayed(FOTEHOBOD)]).await.unwrap();
    let items = store.outbox(&node("tj-fotehobod"), 9).await.unwrap();
    assert_eq!(items.len(), 1);
    assert!(items.iter().all(|item| !item.relayed), "one is not relayed");

    write(&*store, vec![relayed(DUSHANBE)]).await.unwrap();
    let items = store.outbox(&node("tj-fotehobod"), 9).await.unwrap();
    assert!(items.iter().all(|item| item.relayed && item.seq == 8));
}

pub async fn a_delivery_moves_only_from_the_states_named(open: Open<'_>) {
    let store = open();
    let new = delivery(1, FOTEHOBOD, "tj-fotehobod", 1);
    write(&*store, vec![add(out(1)), Change::AddDelivery(new.clone())])
        .await
        .unwrap();
    let still = [
        move_to(1, FOTEHOBOD, &[Relayed, Held], Expired),
        move_to(1, FOTEHOBOD, &[], Expired),
        move_to(1, OYBEK, &[Queued], Expired),
        move_to(2, FOTEHOBOD, &[Queued], Expired),
    ];
    for change in still {
        write(&*store, vec![change]).await.unwrap();
        assert_eq!(
            store.deliveries(id(1)).await.unwrap(),
            std::slice::from_ref(&new)
        );
    }
    let refused = Change::MoveDelivery {
        dispatch: id(1),
        office: new.office.clone(),
        from: vec![Relayed, Queued],
        to: Refused,
        at: at(9),
        detail: Some("suspended".to_owned()),
    };
    write(&*store, vec![refused]).await.unwrap();
    let moved = store.deliveries(id(1)).await.unwrap();
    let [moved] = moved.as_slice() else {
        unreachable!()
    };
    assert_eq!((moved.state, moved.since), (Refused, at(9)));
    assert_eq!(moved.detail.as_deref(), Some("suspended"));
    assert_eq!((moved.seq, &moved.node), (1, &new.node));
}

pub async fn overdue_deliveries_are_those_that_wait(open: Open<'_>) {
    let store = open();
    for (number, state) in (1..).zip([Queued, Relayed, Held, Delivered, Expired]) {
        let mut row = out(number);
        row.line.expires = at(100);
        let mut to = delivery(number, FOTEHOBOD, "tj-fotehobod", number);
        to.state = state;
        write(&*store, vec![add(row), Change::AddDelivery(to)])
            .await
            .unwrap();
    }
    assert_eq!(store.overdue(at(99), 10).await.unwrap(), []);
    let overdue = store.overdue(at(100), 10).await.unwrap();
    let mut found: Vec<_> = overdue.iter().map(|row| row.seq).collect();
    found.sort_unstable();
    assert_eq!(found, [1, 2, 3]);
    assert_eq!(store.overdue(at(100), 2).await.unwrap().len(), 2);
}

pub async fn what_a_restored_node_has_lost_is_found(open: Open<'_>) {
    let store = open();
    let states = [Delivered, Accepted, Queued, Refused, Delivered, Delivered];
    for (number, state) in (1..).zip(states) {
        let mut row = out(number);
        if number == 6 {
            row.line.expires = at(10);
        }
        let mut to = delivery(number, FOTEHOBOD, "tj-fotehobod", number);
        to.state = state;
        write(&*store, vec![add(row), Change::AddDelivery(to)])
            .await
            .unwrap();
    }
    let lost = async |have: &[SeqRange], now| -> Vec<u64> {
        let peer = node("tj-fotehobod");
        let items = store.sent_outside(&peer, have, now).await.unwrap();
        items.iter().map(|item| item.seq).collect()
    };
    let range = |first, last| SeqRange { first, last };
    // 3 waits anyway; 4 was refused for good.
    assert_eq!(lost(&[], at(9)).await, [1, 2, 5, 6]);
    assert_eq!(lost(&[], at(10)).await, [1, 2, 5]);
    assert_eq!(lost(&[range(2, 4)], at(10)).await, [1, 5]);
    assert_eq!(lost(&[range(1, 1), range(5, 5)], at(10)).await, [2]);
    assert_eq!(lost(&[range(1, 100)], at(10)).await, []);
    let nobody = node("kg-dostuk");
    assert_eq!(store.sent_outside(&nobody, &[], at(9)).await.unwrap(), []);
}

pub async fn voids_are_kept(open: Open<'_>) {
    let store = open();
    let void = |seq| Change::AddVoid {
        node: node("tj-fotehobod"),
        seq,
    };
    write(&*store, vec![void(9), void(3), void(9)])
        .await
        .unwrap();
    let peer = node("tj-fotehobod");
    assert_eq!(store.voids(&peer).await.unwrap(), [3, 9]);
    assert_eq!(store.voids(&node("kg-dostuk")).await.unwrap(), []);
}

pub async fn waiting_and_counts_add_up(open: Open<'_>) {
    let store = open();
    for number in 1..=3 {
        let to = |office, by| Change::AddDelivery(delivery(number, office, by, number));
        let changes = vec![
            add(out(number)),
            to(FOTEHOBOD, "tj-fotehobod"),
            to(DUSHANBE, "tj-dushanbe"),
        ];
        write(&*store, changes).await.unwrap();
    }
    let held = Change::AddCustody(custody(4, "tj-dushanbe", "uz-oybek"));
    write(&*store, vec![add(relay(4)), held]).await.unwrap();
    write(&*store, vec![move_to(1, FOTEHOBOD, &[Queued], Delivered)])
        .await
        .unwrap();
    assert_eq!(
        store.waiting().await.unwrap(),
        [(node("tj-dushanbe"), 4), (node("tj-fotehobod"), 2)]
    );
    let mut counts = store.delivery_counts().await.unwrap();
    counts.sort();
    assert_eq!(counts, [(Queued, 5), (Delivered, 1)]);
}

async fn waiting(store: &dyn Store) -> Vec<model::ids::DispatchId> {
    let items = store.outbox(&node("tj-fotehobod"), 10).await.unwrap();
    items.into_iter().map(|item| item.dispatch).collect()
}
