//! x
pub struct ReprBuffer; impl ReprBuffer { pub fn new()->Self{ReprBuffer} }
pub fn repr(_x: f64, _b: &mut ReprBuffer) -> &str { "" }
