//! Private keys, encrypted at rest by the store under its root key.

use async_trait::async_trait;
use zeroize::Zeroizing;

use crate::error::StoreError;

#[async_trait]
pub trait Secrets {
    async fn secret(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError>;
    async fn secret_names(&self) -> Result<Vec<String>, StoreError>;
}
