//! The region as published reports describe it.
