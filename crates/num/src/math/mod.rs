//! The functions of `math` and `cmath`.
