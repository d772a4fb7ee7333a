//! The statistical part: hashed features of a text, a linear model over them, and its training.

pub mod calibrate;
pub mod causes;
pub mod clausewise;
pub mod features;
mod index;
pub mod model;
pub mod order;
pub mod rows;
pub mod score;
pub mod svm;
pub mod ticket;
pub mod train;
pub mod units;

pub use causes::{CauseRow, ClassQuality, TrainError, Trained, train_causes};
pub use model::{Model, ModelError, Purpose};
pub use train::TrainOptions;
pub use units::{Router, UnitRow, train_units};
