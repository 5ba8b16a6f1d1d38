//! What is kept in one simple way: acts, counters, progress, receipts, secrets.

use zeroize::Zeroizing;

use super::Open;
use super::sample::{act, at, id, node, progress, receipt, write};
use crate::Change;
use crate::receipt::ReceiptRow;

pub async fn acts_keep_their_order(open: Open<'_>) {
    let store = open();
    for number in [3, 1, 3, 2, 1] {
        write(&*store, vec![Change::AddAct(act(number))])
            .await
            .unwrap();
    }
    assert_eq!(store.acts(0).await.unwrap(), [act(3), act(1), act(2)]);
    assert_eq!(store.acts(2).await.unwrap(), [act(2)]);
    assert_eq!(store.acts(3).await.unwrap(), []);
    assert_eq!(store.acts(u64::MAX).await.unwrap(), []);
}

pub async fn counters_never_go_back(open: Open<'_>) {
    let store = open();
    let raise = |name: &str, value| Change::RaiseCounter {
        name: name.to_owned(),
        value,
    };
    let changes = vec![raise("b", 7), raise("a", 1), raise("b", 5), raise("a", 2)];
    write(&*store, changes).await.unwrap();
    assert_eq!(
        store.counters().await.unwrap(),
        [("a".to_owned(), 2), ("b".to_owned(), 7)]
    );
}

pub async fn progress_is_kept_once(open: Open<'_>) {
    let store = open();
    let changes = [
        progress(1, 12, "accepted"),
        progress(1, 11, "opened"),
        progress(1, 12, "accepted"),
        progress(2, 13, "opened"),
    ];
    let changes = changes.map(Change::AddProgress).into();
    write(&*store, changes).await.unwrap();
    assert_eq!(
        store.progress(id(1)).await.unwrap(),
        [progress(1, 11, "opened"), progress(1, 12, "accepted")]
    );
    assert_eq!(store.progress(id(3)).await.unwrap(), []);
}

pub async fn receipts_are_kept_once_for_each_verdict(open: Open<'_>) {
    let store = open();
    let custody = receipt(1, "centre", "custody");
    let stored = ReceiptRow {
        at: at(9),
        ..receipt(1, "tj-fotehobod", "stored")
    };
    let second = ReceiptRow {
        bytes: vec![1],
        at: at(99),
        ..stored.clone()
    };
    let relayed = ReceiptRow {
        node: stored.node.clone(),
        ..custody.clone()
    };
    let other = receipt(2, "tj-fotehobod", "refused");
    let all = [&stored, &custody, &second, &relayed, &other];
    let changes = all.into_iter().cloned().map(Change::AddReceipt).collect();
    write(&*store, changes).await.unwrap();

    let of = store.receipts(id(1)).await.unwrap();
    assert_eq!(of.len(), 3);
    for row in [&stored, &custody, &relayed] {
        assert!(of.contains(row));
    }
    let signer = node("tj-fotehobod");
    let by = store.receipts_by(&signer, &[id(2), id(1), id(5)]).await;
    assert_eq!(by.unwrap(), [other, stored, relayed]);
    let nobody = node("nobody");
    assert_eq!(store.receipts_by(&nobody, &[id(1)]).await.unwrap(), []);
}

pub async fn secrets_come_back_and_can_be_dropped(open: Open<'_>) {
    let put = |name: &str, value: &[u8]| Change::PutSecret {
        name: name.to_owned(),
        value: Zeroizing::new(value.to_vec()),
    };
    {
        let store = open();
        let changes = vec![put("seal", b"one"), put("sign", b""), put("seal", b"two")];
        write(&*store, changes).await.unwrap();
    }
    let store = open();
    assert_eq!(store.secret_names().await.unwrap(), ["seal", "sign"]);
    let seal = store.secret("seal").await.unwrap();
    assert_eq!(seal.as_deref().map(Vec::as_slice), Some(b"two".as_slice()));
    let sign = store.secret("sign").await.unwrap();
    assert_eq!(sign.as_deref().map(Vec::len), Some(0));

    let name = "seal".to_owned();
    write(&*store, vec![Change::DropSecret { name }])
        .await
        .unwrap();
    assert!(store.secret("seal").await.unwrap().is_none());
    assert_eq!(store.secret_names().await.unwrap(), ["sign"]);
}
