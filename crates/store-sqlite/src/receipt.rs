//! Signed receipts.

use async_trait::async_trait;
use model::ids::{DispatchId, NodeId};
use store::receipt::{ReceiptRow, Receipts};
use store::sql;
use store::{StoreError, WriteError};

use crate::row::{self, Columns};
use crate::scope::Scope;
use crate::sqlite_store::SqliteStore;

impl Scope<'_> {
    pub(crate) fn add_receipt(&mut self, receipt: &ReceiptRow) -> Result<(), WriteError> {
        let params = (
            self.digest(receipt.dispatch.as_bytes())?,
            self.name(receipt.node.as_str())?,
            self.name(&receipt.verdict)?,
            receipt.at.as_micros(),
            &receipt.bytes,
        );
        row::run(self.conn, sql::receipt::ADD, params)?;
        Ok(())
    }
}

#[async_trait]
impl Receipts for SqliteStore {
    async fn receipts(&self, dispatch: DispatchId) -> Result<Vec<ReceiptRow>, StoreError> {
        self.read(move |conn| {
            let params = (dispatch.as_bytes(),);
            row::list(conn, sql::receipt::LIST, "receipt", params, |columns| {
                receipt(dispatch, columns)
            })
        })
        .await
    }

    async fn receipts_by(
        &self,
        signer: &NodeId,
        dispatches: &[DispatchId],
    ) -> Result<Vec<ReceiptRow>, StoreError> {
        let (signer, dispatches) = (signer.clone(), dispatches.to_vec());
        self.read(move |conn| {
            let mut receipts = Vec::with_capacity(dispatches.len());
            for dispatch in dispatches {
                let params = (signer.as_str(), dispatch.as_bytes());
                receipts.extend(row::list(
                    conn,
                    sql::receipt::BY,
                    "receipt",
                    params,
                    |columns| receipt(dispatch, columns),
                )?);
            }
            Ok(receipts)
        })
        .await
    }
}

fn receipt(dispatch: DispatchId, columns: &mut Columns<'_>) -> Result<ReceiptRow, StoreError> {
    Ok(ReceiptRow {
        dispatch,
        node: columns.parse("node_no")?,
        verdict: columns.take("verdict_no")?,
        at: columns.time("at")?,
        bytes: columns.take("bytes")?,
    })
}
