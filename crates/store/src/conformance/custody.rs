use super::Open;
use super::sample::{add, at, custody, id, incoming, node, relay, write};
use crate::custody::CustodyRow;
use crate::{Change, WriteError};

fn end(number: u64, to: &str, forwarded: bool) -> Change {
    Change::EndCustody {
        dispatch: id(number),
        node: node(to),
        at: at(50),
        forwarded,
    }
}

pub async fn custody_counts_against_the_node_it_came_from(open: Open<'_>) {
    let store = open();
    let row = custody(1, "tj-fotehobod", "uz-oybek");
    let changes = vec![
        add(relay(1)),
        Change::AddCustody(row.clone()),
        Change::AddCustody(custody(1, "tj-dushanbe", "uz-oybek")),
        Change::AddCustody(row.clone()),
    ];
    write(&*store, changes).await.unwrap();
    let from = node("uz-oybek");
    assert_eq!(store.custody_bytes(&from).await.unwrap(), 1_400);
    assert_eq!(store.custody_bytes(&node("kg-dostuk")).await.unwrap(), 0);
    let held = store.custody(id(1)).await.unwrap();
    assert_eq!(held.len(), 2);
    assert!(held.contains(&row));

    for _ in 0..2 {
        write(&*store, vec![end(1, "tj-dushanbe", true)])
            .await
            .unwrap();
        assert_eq!(store.custody_bytes(&from).await.unwrap(), 700);
        assert_eq!(
            store.custody(id(1)).await.unwrap(),
            std::slice::from_ref(&row)
        );
    }
    let nothing = vec![end(7, "tj-dushanbe", true), end(1, "kg-dostuk", false)];
    write(&*store, nothing).await.unwrap();
    assert_eq!(store.custody_bytes(&from).await.unwrap(), 700);
}

pub async fn bytes_go_with_the_last_custody_and_come_again(open: Open<'_>) {
    let store = open();
    let take = || -> Vec<Change> {
        let to = |name| Change::AddCustody(custody(1, name, "uz-oybek"));
        vec![add(relay(1)), to("tj-fotehobod"), to("tj-dushanbe")]
    };
    write(&*store, take()).await.unwrap();
    write(&*store, vec![end(1, "tj-fotehobod", true)])
        .await
        .unwrap();
    assert_eq!(store.dispatch(id(1)).await.unwrap(), Some(relay(1)));
    let again = write(&*store, take()).await;
    assert!(matches!(again, Err(WriteError::KnownDispatch(_))));

    write(&*store, vec![end(1, "tj-dushanbe", false)])
        .await
        .unwrap();
    assert_eq!(store.dispatch(id(1)).await.unwrap(), None);
    assert_eq!(store.dispatch_bytes(&[id(1)]).await.unwrap(), []);
    assert_eq!(
        store.dispatch_line(id(1)).await.unwrap(),
        Some(relay(1).line),
        "that it was here stays known"
    );
    assert_eq!(store.waiting().await.unwrap(), []);

    write(&*store, take()).await.unwrap();
    assert_eq!(store.dispatch(id(1)).await.unwrap(), Some(relay(1)));
    assert_eq!(store.custody(id(1)).await.unwrap().len(), 2);
    let from = node("uz-oybek");
    assert_eq!(store.custody_bytes(&from).await.unwrap(), 1_400);
}

pub async fn custody_runs_out(open: Open<'_>) {
    let store = open();
    for number in 1..=3 {
        let row = CustodyRow {
            expires: at(100 - i64::try_from(number).unwrap()),
            ..custody(number, "tj-fotehobod", "uz-oybek")
        };
        write(&*store, vec![add(relay(number)), Change::AddCustody(row)])
            .await
            .unwrap();
    }
    assert_eq!(store.custody_overdue(at(96), 10).await.unwrap(), []);
    let overdue = store.custody_overdue(at(98), 10).await.unwrap();
    let found: Vec<_> = overdue.iter().map(|row| row.dispatch).collect();
    assert_eq!(found, [id(3), id(2)]);
    assert_eq!(store.custody_overdue(at(99), 1).await.unwrap().len(), 1);

    write(&*store, vec![end(3, "tj-fotehobod", false)])
        .await
        .unwrap();
    assert_eq!(store.custody_overdue(at(97), 10).await.unwrap(), []);
}

pub async fn an_own_dispatch_keeps_its_bytes_after_custody(open: Open<'_>) {
    let store = open();
    let held = Change::AddCustody(custody(1, "tj-fotehobod", "uz-oybek"));
    write(&*store, vec![add(incoming(1, 1)), held])
        .await
        .unwrap();
    write(&*store, vec![end(1, "tj-fotehobod", true)])
        .await
        .unwrap();
    assert_eq!(store.dispatch(id(1)).await.unwrap(), Some(incoming(1, 1)));
}
