//! The parts of the torture: who sends, who kills, and who keeps the books.

pub mod books;
pub mod check;
pub mod killer;
pub mod load;
pub mod run;
